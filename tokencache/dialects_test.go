package tokencache_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

// system is one of the systems the sandbox imitates, with the endpoint configuration made for it.
type system struct {
	name     string
	endpoint func(base string) tokencache.Endpoint
	lifetime time.Duration
	stays    bool // the refresh token is not rotated
	grants   []tokencache.Grant
	pin      string
}

var systems = []system{
	{
		name: "Qflow", lifetime: time.Hour, pin: "4711",
		endpoint: func(base string) tokencache.Endpoint {
			e := tokencache.Qflow()
			e.TokenURL, e.AuthURL = base+"/core/connect/token", base+"/core/connect/authorize"
			return e
		},
		grants: []tokencache.Grant{tokencache.GrantPassword, tokencache.GrantCode},
	},
	{
		name: "BreakOut", lifetime: 42961 * time.Second, endpoint: tokencache.BreakOut,
		grants: []tokencache.Grant{tokencache.GrantPassword, tokencache.GrantCode, tokencache.GrantClientCredentials},
	},
	{
		name: "EQdkpPlus", lifetime: time.Hour, stays: true,
		endpoint: func(base string) tokencache.Endpoint { return tokencache.EQdkpPlus(base, "http://127.0.0.1:0/cb") },
		grants:   []tokencache.Grant{tokencache.GrantPassword, tokencache.GrantCode},
	},
	{
		name: "ProcessMaker", lifetime: 24 * time.Hour,
		endpoint: func(base string) tokencache.Endpoint { return tokencache.ProcessMaker(base, "sales") },
		grants: []tokencache.Grant{
			tokencache.GrantPassword, tokencache.GrantCode, tokencache.GrantClientCredentials, tokencache.GrantImplicit,
		},
	},
}

func TestEverySystemWorksInItsOwnDialect(t *testing.T) {
	t.Parallel()
	for _, sys := range systems {
		for _, grant := range sys.grants {
			t.Run(sys.name+"/"+string(grant), func(t *testing.T) {
				t.Parallel()
				b, box := newSandboxed(t, sys)
				tok := b.obtainBy(grant)
				if left := time.Until(tok.Expiry); left > sys.lifetime || left < sys.lifetime-10*time.Second {
					t.Errorf("the token lives for %v, want %v", left, sys.lifetime)
				}
				b.renewTwice(grant, tok.Generation)
				sum := box.Summary()
				want := map[string]int{string(grant): 1, "refresh_token": 2}
				switch grant {
				case tokencache.GrantClientCredentials:
					want = map[string]int{string(grant): 3}
				case tokencache.GrantImplicit:
					want = map[string]int{} // nothing to renew with
				}
				for _, g := range []string{"password", "refresh_token", "authorization_code", "client_credentials"} {
					if sum.Grants[g] != want[g] {
						t.Errorf("%d grants of %s, want %d", sum.Grants[g], g, want[g])
					}
				}
				if most := sum.RefreshPresentationsMax; !sys.stays && most > 1 || sys.stays && most != 2 {
					t.Errorf("a refresh token was presented %d times", most)
				}
			})
		}
	}
}

// Whatever the network and the server do to one refresh, the fleet has a new token afterwards, the old refresh token
// does not go out again, and a server that revokes on reuse has nothing to revoke.
func TestEveryFaultOfTheTokenEndpointIsSurvived(t *testing.T) {
	t.Parallel()
	for _, kind := range sandbox.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b, box := newSandboxed(t, systems[0], func(sw *sandbox.Switches) { sw.ReuseRevokesFamily = true })
			c := b.process()
			gen := b.token(c).Generation
			if err := box.Inject(sandbox.Fault{Endpoint: sandbox.Token, Kind: kind, Next: 1, DelayMS: 700}); err != nil {
				t.Fatal(err)
			}
			if err := c.Refused(t.Context(), gen); err != nil {
				waitPause(t, c) // an answer that asks for patience
			}
			testkit.Eventually(t, "a new token", func() bool {
				tok, err := c.Token(t.Context())
				return err == nil && tok.Generation > gen
			})
			if sum := box.Summary(); sum.RefreshPresentationsMax != 1 || sum.FamilyRevocations != 0 {
				t.Errorf("presented %d times, %d families revoked", sum.RefreshPresentationsMax, sum.FamilyRevocations)
			}
		})
	}
}

func newSandboxed(t *testing.T, sys system, adjust ...func(*sandbox.Switches)) (*bundle, *sandbox.Sandbox) {
	t.Helper()
	cr := sandbox.Defaults()
	cr.EnterprisePin = sys.pin
	cr.ClientSecret = "a+b c/ü%41" // every character that an encoding could get wrong
	box := sandbox.New(sandbox.Options{Credentials: cr, Adjust: func(sw *sandbox.Switches) {
		for _, f := range adjust {
			f(sw)
		}
	}})
	t.Cleanup(func() { _ = box.Close() })
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	b, _ := newMini(t)
	b.cfg.Endpoint = sys.endpoint(server.URL)
	b.cfg.Credentials = tokencache.Credentials{ClientID: cr.ClientID, Username: cr.Email,
		EnterprisePIN: secret.Text(sys.pin)}
	_ = b.cfg.Credentials.ClientSecret.UnmarshalText([]byte(cr.ClientSecret))
	_ = b.cfg.Credentials.Password.UnmarshalText([]byte(cr.Password))
	if uri := b.cfg.Endpoint.RedirectURI; uri != "" {
		b.cfg.Endpoint.RedirectURI = "http://" + freeAddr(t) + "/cb"
	}
	return b, box
}

func (b *bundle) obtainBy(grant tokencache.Grant) tokencache.Token {
	b.t.Helper()
	switch grant {
	case tokencache.GrantPassword:
		return b.token(b.process())
	case tokencache.GrantClientCredentials:
		b.cfg.Endpoint.Unattended = tokencache.GrantClientCredentials
		return b.token(b.process())
	}
	b.cfg.Credentials.Password = ""
	tok, err := b.process().Login(b.t.Context(), tokencache.LoginOptions{
		Implicit: grant == tokencache.GrantImplicit, Open: func(address string) error {
			go followLogin(b.t, address)
			return nil
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return tok
}

// followLogin is a browser with a person who consents at once. A fragment is handed over as the page's script does.
func followLogin(t *testing.T, address string) {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Get(address)
	if err != nil {
		t.Error(err)
		return
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		t.Errorf("status %d: %v", resp.StatusCode, err)
		return
	}
	if to.Fragment == "" {
		get(t, to.String())
		return
	}
	form, _ := url.ParseQuery(to.EscapedFragment())
	to.Fragment, to.RawFragment = "", ""
	if resp, err = client.PostForm(to.String(), form); err != nil {
		t.Error(err)
		return
	}
	resp.Body.Close()
}

func (b *bundle) renewTwice(grant tokencache.Grant, gen uint64) {
	b.t.Helper()
	c := b.process()
	b.token(c)
	for range 2 {
		_, err := c.Renew(b.t.Context())
		if grant == tokencache.GrantImplicit {
			if reasonOf(err) != string(tokencache.ReasonNoCredentials) {
				b.t.Fatalf("renewed an implicit token: %v", err)
			}
			return
		}
		if err != nil {
			b.t.Fatal(err)
		}
		gen++
		if got := b.token(c).Generation; got != gen {
			b.t.Fatalf("generation %d, want %d", got, gen)
		}
	}
}
