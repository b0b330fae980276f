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

func TestAnAnswerIsReadHoweverItsTextIsWritten(t *testing.T) {
	t.Parallel()
	const answer = `{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}`
	var little, big string
	for _, r := range answer {
		little, big = little+string(r)+"\x00", big+"\x00"+string(r)
	}
	for name, sent := range map[string]string{
		"a mark": "\ufeff" + answer, "two marks": "\ufeff\ufeff" + answer, "a mark behind a line": "\r\n\ufeff" + answer,
		"utf-16": "\xff\xfe" + little, "utf-16 big": "\xfe\xff" + big, "utf-16 without a mark": little, "utf-16 big without a mark": big,
	} {
		b := newBundle(t)
		b.idp.before = func(w http.ResponseWriter, _ url.Values) bool {
			_, _ = w.Write([]byte(sent))
			return true
		}
		if tok := b.token(b.process()); tok.Access.Reveal() != "a" {
			t.Errorf("%s: the token is %q", name, tok.Access.Reveal())
		}
	}
}
