package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"guestflow/qflow/sandbox"
)

// A sandbox needs no options: its account, event and template are those of Defaults.
func ExampleNew() {
	box := sandbox.New(sandbox.Options{Adjust: func(sw *sandbox.Switches) { sw.Trusted = false }})
	defer box.Close()
	base, err := box.Listen("")
	if err != nil {
		fmt.Println(err)
		return
	}
	known := sandbox.Defaults()
	form := url.Values{
		"grant_type": {"password"}, "scope": {"qflowapi openid offline_access"},
		"client_id": {known.ClientID}, "client_secret": {known.ClientSecret},
		"username": {known.UserName()}, "password": {known.Password},
	}
	answer, err := http.Post(base+"/core/connect/token", "application/x-www-form-urlencoded",
		strings.NewReader(form.Encode()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer answer.Body.Close()
	fmt.Println(answer.Status)

	// Another process would use the admin API.
	admin := sandbox.Admin{URL: base}
	sw, err := admin.Patch(context.Background(), map[string]any{"trusted": true})
	fmt.Println(sw.Trusted, err)
	// Output:
	// 200 OK
	// true <nil>
}
