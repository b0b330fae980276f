package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
)

func TestATokenIsShownOnceAndGivesNoMoreThanItsMakerHas(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("otto")
	made := d.post("/a/main/tokens", url.Values{"name": {"shop <b>"}, "operator": {"1"}, "days": {"30"}})
	d.wants(made, http.StatusOK, "shop &lt;b&gt;", "operator")
	text := regexp.MustCompile(`gf_[a-z2-7]{40}`).FindString(made.body)
	token, err := d.account.CheckAPIToken(t.Context(), text)
	if err != nil || !token.Operator || token.Guests || token.By != "otto" || token.Expires == nil {
		t.Fatalf("%+v, %v", token, err)
	}
	d.wants(d.post("/a/main/tokens", url.Values{"name": {"peek"}, "guests": {"1"}}), http.StatusForbidden, "guests")
	d.wants(d.post("/a/main/tokens", url.Values{"name": {"shop <b>"}}), http.StatusConflict)
	d.wants(d.post("/a/main/tokens", url.Values{"name": {""}}), http.StatusConflict)
	for _, days := range []string{"0", "-1", "9999999", "x"} {
		d.wants(d.post("/a/main/tokens", url.Values{"name": {"short"}, "days": {days}}), http.StatusUnprocessableEntity)
	}
	settings := d.get("/a/main/settings")
	d.wants(settings, http.StatusOK, "shop &lt;b&gt;")
	if strings.Contains(settings.body, text) || strings.Contains(d.log.String(), text) {
		t.Error("the token is shown again, or logged")
	}
	d.wants(d.as("vera").post("/a/main/tokens/"+token.ID+"/revoke", nil), http.StatusForbidden)
	d.wants(d.as("otto").post("/a/main/tokens/"+token.ID+"/revoke", nil), http.StatusOK, "is revoked")
	if _, err := d.account.CheckAPIToken(t.Context(), text); err != operate.ErrAPIToken { //nolint:errorlint // as it is
		t.Errorf("a revoked token: %v", err)
	}
}
