package tokencache_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/tokencache"
)

// signIn is what any other process of the fleet knows of the account's sign-in.
func (b *bundle) signIn() *tokencache.SignIn {
	b.t.Helper()
	info, err := b.process().Inspect(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return info.SignIn
}

// An operator is told which of the things that an account signs in with the server refused, and by which command it is
// tried again; never what was sent.
func TestASignInThatFailsSaysWhatTheServerRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		body    string
		change  func(*tokencache.Config)
		problem tokencache.Problem
		says    string
		do      string
	}{
		"client secret": {400, `{"error":"invalid_client"}`, nil, tokencache.ProblemClient, "client secret",
			"guestflow token renew --account demo"},
		"client, by a 401 alone": {401, ``, nil, tokencache.ProblemClient, "client secret", "client_secret_file"},
		"a client that may not": {400, `{"error":"unauthorized_client"}`, nil, tokencache.ProblemRequest,
			"grant", "grant"},
		"password": {400, `{"error":"invalid_grant"}`, nil, tokencache.ProblemPassword, "user name or password",
			"password_file"},
		"password behind a PIN": {400, `{"error":"invalid_grant"}`,
			func(c *tokencache.Config) { c.Credentials.EnterprisePIN = "7731" },
			tokencache.ProblemPIN, "PIN", "enterprise_pin_file"},
		"second factor": {400, `{"error":"invalid_grant","error_description":"MFA required for ann@example.com"}`, nil,
			tokencache.ProblemSecondFactor, "second factor", "guestflow token login --account demo"},
		"a code for the second factor": {403, `{"error":"mfa_required"}`, nil, tokencache.ProblemSecondFactor,
			"second factor", "guestflow token login --account demo"},
		"locked": {400, `{"error":"invalid_grant","error_description":"user is locked out"}`, nil,
			tokencache.ProblemLocked, "locked", "guestflow token renew --account demo"},
		"scope": {400, `{"error":"invalid_scope"}`, nil, tokencache.ProblemRequest, "scope", "scope"},
		"busy":  {429, ``, nil, tokencache.ProblemBusy, "fewer requests", "by itself"},
		"down":  {503, `secret-of-theirs`, nil, tokencache.ProblemUnclear, "no usable answer", "identity_url"},
		"page":  {200, `<html>login</html>`, nil, tokencache.ProblemUnclear, "no usable answer", "identity_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			if tt.change != nil {
				tt.change(&b.cfg)
			}
			b.idp.with(func(s *identity) {
				s.before = func(w http.ResponseWriter, _ url.Values) bool {
					w.WriteHeader(tt.status)
					_, _ = w.Write([]byte(tt.body))
					return true
				}
			})
			_, err := b.process().Token(t.Context())
			if err == nil {
				t.Fatal("there is a token")
			}
			s := b.signIn()
			if s == nil || s.Problem != tt.problem {
				t.Fatalf("known of the sign-in: %+v, want the problem %q", s, tt.problem)
			}
			if !strings.Contains(s.Text(), tt.says) || !strings.Contains(s.ToDo(), tt.do) {
				t.Errorf("says %q; to do: %q", s.Text(), s.ToDo())
			}
			for _, secret := range []string{"client-secret-7f", "correct-horse", "7731", "ann@", "theirs"} {
				if strings.Contains(s.Text()+s.ToDo()+err.Error(), secret) {
					t.Errorf("%q shows: %s %s %s", secret, s.Text(), s.ToDo(), err)
				}
			}
			b.idp.with(func(s *identity) { s.before = nil })
			if _, err := b.process().Renew(t.Context()); err != nil { // as guestflow token renew does
				t.Fatal(err)
			}
			if s := b.signIn(); s != nil {
				t.Errorf("after a sign-in that succeeded: %+v", s)
			}
		})
	}
}

func TestAnIdentityServerThatIsNotThereRefusesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.idp.Close()
	if _, err := b.process().Token(t.Context()); err == nil {
		t.Fatal("there is a token")
	}
	s := b.signIn()
	if s == nil || s.Problem != tokencache.ProblemUnreachable || s.Refused() ||
		!strings.Contains(s.Text(), "cannot be reached") {
		t.Fatalf("known of the sign-in: %+v", s)
	}
}

// The old access token serves on meanwhile, and yet it is said: the account stops when it ends.
func TestARefusedRefreshTokenIsSaidWhileTheOldTokenServes(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.token(b.process())
	b.cfg.Credentials.Password = ""
	b.answerRefresh(400, `{"error":"invalid_grant"}`)
	_, _ = b.process().Renew(t.Context())
	s := b.signIn()
	if s == nil || s.Problem != tokencache.ProblemRefreshToken ||
		!strings.Contains(s.ToDo(), "guestflow token login --account demo") {
		t.Fatalf("known of the sign-in: %+v", s)
	}
	since := s.Since
	_, _ = b.process().Renew(t.Context()) // fails again, otherwise
	if s := b.signIn(); s == nil || s.Since != since {
		t.Errorf("the beginning has moved from %s: %+v", since, s)
	}
}

func TestAnAccountWithNothingToSignInWithIsSaid(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.cfg.Credentials.Password = ""
	if s := b.signIn(); s != nil {
		t.Fatalf("before anything was tried: %+v", s)
	}
	_, _ = b.process().Token(t.Context())
	if s := b.signIn(); s == nil || s.Problem != tokencache.ProblemNoCredentials {
		t.Fatalf("known of the sign-in: %+v", s)
	}
}
