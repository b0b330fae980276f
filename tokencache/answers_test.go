package tokencache_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/tokencache"
)

// Some servers do not decode what RFC 6749 section 2.3.1 has encoded; then they are sent the client as it is, and until
// an operator has said so, the refusal names the switch.
func TestAClientIsSentToAServerAsItDecodesIt(t *testing.T) {
	t.Parallel()
	for style, want := range map[tokencache.AuthStyle]string{
		tokencache.Basic: "a%2Bb%2Fc%3D%3D", tokencache.BasicPlain: "a+b/c==",
	} {
		b := newBundle(t)
		b.cfg.Endpoint.Style, b.cfg.Credentials.ClientSecret = style, "a+b/c=="
		sent := ""
		b.idp.before = func(w http.ResponseWriter, _ url.Values) bool {
			_, sent, _ = b.idp.lastReq.BasicAuth()
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
			return true
		}
		_, err := b.process().Token(t.Context())
		if err == nil || sent != want ||
			strings.Contains(err.Error(), "client_auth: basic-plain") != (style == tokencache.Basic) {
			t.Errorf("%s sends %q and gives %v", style, sent, err)
		}
		if err != nil && strings.Contains(err.Error(), "a+b/c") {
			t.Errorf("%v shows the secret", err)
		}
	}
}

func TestAByteOrderMarkBeforeAnAnswerIsPassedOver(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.idp.before = func(w http.ResponseWriter, _ url.Values) bool {
		_, _ = w.Write([]byte("\ufeff" + `{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}`))
		return true
	}
	if tok := b.token(b.process()); tok.Access.Reveal() != "a" {
		t.Errorf("the token is %q", tok.Access.Reveal())
	}
}
