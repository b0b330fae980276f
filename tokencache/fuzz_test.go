package tokencache

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// marker stands for whatever a reply may hold that must not be repeated. Replies are built around it.
const marker = "s3cr3t-marker-6f1d"

func FuzzTokenReply(f *testing.F) {
	for _, body := range replies {
		for _, status := range []int{200, 400, 401, 429, 500} {
			f.Add(status, strings.ReplaceAll(body, "%", marker))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		ans, err := readReply(&http.Response{StatusCode: status, Header: http.Header{}}, []byte(body))
		if err != nil {
			checkReplyError(t, err, body)
			return
		}
		if status > 299 || !ans.access.Set() {
			t.Fatalf("status %d gave the answer %+v", status, ans)
		}
		if ans.lifetime < 0 || ans.lifetime > maxLifetime {
			t.Fatalf("lifetime %v", ans.lifetime)
		}
		if strings.ContainsAny(ans.access.Reveal(), "\r\n\x00") {
			t.Fatal("an access token that would break a header")
		}
	})
}

func checkReplyError(t *testing.T, err error, body string) {
	t.Helper()
	var denied *DeniedError
	var busy *BusyError
	if !errors.Is(err, errNoReply) && !errors.As(err, &denied) && !errors.As(err, &busy) {
		t.Fatalf("error of no known type: %v", err)
	}
	if strings.Contains(body, marker) && strings.Contains(err.Error(), marker) {
		t.Fatalf("the error repeats the body: %v", err)
	}
}

// replies are oddities by example; % is the marker.
var replies = []string{
	`{"access_token":"%","expires_in":3600,"token_type":"Bearer","refresh_token":"%"}`,
	`{"access_token":"%","expires_in":"3600","token_type":"bearer"}`,
	`{"access_token":"%","expires_in":-1}`,
	`{"access_token":"%","expires_in":1e400}`,
	`{"access_token":"%","expires_in":{"a":1}}`,
	`{"access_token":"%","expires_in":"soon %","refresh_token":7}`,
	`{"access_token":"%","token_type":"mac %"}`,
	`{"access_token":["%"]}`, `{"access_token":null,"error":"%"}`, `{"access_token":"%\r\nX: y"}`,
	`{"error":"invalid_grant","error_description":"bad token %"}`, `{"error":"%"}`, `{"error":["%"]}`,
	`access_token=%&expires_in=3600`, `<html><title>%</title></html>`, `"%"`, `[]`, `{`, ``, "\xff\xfe", "null",
	`{"access_token":"` + strings.Repeat("x", maxReply) + `"}`,
}

func TestExpiresInIsReadInEveryShape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		`3600`: time.Hour, `"3600"`: time.Hour, `42961`: 42961 * time.Second, `0.5`: 500 * time.Millisecond,
		`3`:      3 * time.Second,
		`" 60 "`: time.Minute, `6e1`: time.Minute, `1e300`: maxLifetime, `"Infinity"`: maxLifetime,
		`0`: 0, `-5`: 0, `"never"`: 0, `null`: 0, `{}`: 0, ``: 0, `"NaN"`: 0,
	} {
		if got := lifetime([]byte(in)); got != want {
			t.Errorf("expires_in %s is %v, want %v", in, got, want)
		}
	}
}
