package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

func TestPasswordGrantAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	got := c.token(passwordForm()).want(http.StatusOK).json()
	if got["expires_in"] != 3600.0 || got["token_type"] != "Bearer" || len(got["access_token"].(string)) != 32 ||
		len(got["refresh_token"].(string)) != 32 {
		t.Fatalf("token answer: %v", got)
	}
}

func TestTokenErrorsAreIdentityServers(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	for name, test := range map[string]struct{ field, value, want string }{
		"unknown client":    {"client_id", "unknown", "invalid_client"},
		"wrong secret":      {"client_secret", "wrong", "invalid_client"},
		"wrong password":    {"password", "wrong", "invalid_grant"},
		"pin without need":  {"username", "1234/" + account.Email, "invalid_grant"},
		"literal plus sign": {"scope", "qflowapi+openid+offline_access", "invalid_scope"},
		"no scope":          {"scope", "", "invalid_scope"},
		"unknown grant":     {"grant_type", "magic", "unsupported_grant_type"},
		"no refresh token":  {"grant_type", "refresh_token", "invalid_request"},
	} {
		form := passwordForm()
		form.Set(test.field, test.value)
		if got := c.token(form).want(http.StatusBadRequest).json()["error"]; got != test.want {
			t.Errorf("%s: %v, want %s", name, got, test.want)
		}
	}
}

func TestBasicAuthIsNotQflows(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	form := passwordForm()
	form.Del("client_id")
	form.Del("client_secret")
	c.tokenAt("/core/connect/token", form,
		url.UserPassword(account.ClientID, account.ClientSecret)).want(http.StatusBadRequest)
}

func TestEnterpriseUserSignsInWithPinOnly(t *testing.T) {
	t.Parallel()
	enterprise := account
	enterprise.EnterprisePin = "4711"
	c := openWith(t, sandbox.Options{Credentials: enterprise})
	c.token(passwordForm()).want(http.StatusBadRequest)
	form := passwordForm()
	form.Set("username", "4711/"+account.Email)
	c.token(form).want(http.StatusOK)
}

func TestRefreshTokenIsSingleUse(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	first := c.token(passwordForm()).json()["refresh_token"].(string)
	second := c.token(refreshForm(first)).want(http.StatusOK).json()["refresh_token"].(string)
	if got := c.token(refreshForm(first)).want(http.StatusBadRequest).json()["error"]; got != "invalid_grant" {
		t.Fatalf("reuse: %v", got)
	}
	c.token(refreshForm(second)).want(http.StatusOK) // the family lives on
	sum := c.box.Summary()
	if sum.RefreshPresentationsMax != 2 || sum.FamilyRevocations != 0 {
		t.Fatalf("history: %d presentations, %d revocations", sum.RefreshPresentationsMax, sum.FamilyRevocations)
	}
	if n := c.box.History().RefreshPresentations[sandbox.Fingerprint(first)]; n != 2 {
		t.Fatalf("first token presented %d times in the history", n)
	}
}

func TestReuseRevokesTheFamilyWhenSwitched(t *testing.T) {
	t.Parallel()
	c := open(t, func(sw *sandbox.Switches) { sw.ReuseRevokesFamily = true })
	first := c.token(passwordForm()).json()["refresh_token"].(string)
	pair := c.token(refreshForm(first)).want(http.StatusOK).json()
	c.token(refreshForm(first)).want(http.StatusBadRequest)
	c.token(refreshForm(pair["refresh_token"].(string))).want(http.StatusBadRequest)
	c.bearer = pair["access_token"].(string)
	c.create(guest()).want(http.StatusUnauthorized)
	if n := c.box.Summary().FamilyRevocations; n != 1 {
		t.Fatalf("%d revocations", n)
	}
}

func TestNoRefreshTokenWithoutOfflineAccess(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	form := passwordForm()
	form.Set("scope", "qflowapi")
	if got := c.token(form).want(http.StatusOK).json(); got["refresh_token"] != nil {
		t.Fatal("refresh token without offline_access")
	}
}

func TestAccessTokenExpiresByTheClock(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	c.clock.Step(3599 * time.Second)
	c.create(guest()).want(http.StatusOK)
	c.clock.Step(time.Second)
	if got := c.create(guest()).want(http.StatusUnauthorized); got.body != "" {
		t.Fatalf("401 body %q", got.body)
	}
}

func TestAccessTokenLifeIsSwitchable(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.AccessTokenSeconds = 2 })
	c.clock.Step(2 * time.Second)
	c.create(guest()).want(http.StatusUnauthorized)
}

func TestRevokedAccessTokensLeaveRefreshTokensGood(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	pair := c.token(passwordForm()).json()
	c.box.RevokeAccessTokens()
	c.bearer = pair["access_token"].(string)
	c.create(guest()).want(http.StatusUnauthorized)
	c.token(refreshForm(pair["refresh_token"].(string))).want(http.StatusOK)
	c.box.RevokeRefreshTokens()
	c.token(refreshForm(pair["refresh_token"].(string))).want(http.StatusBadRequest)
}

func TestTokenFaultsOnEitherSideOfTheRotation(t *testing.T) {
	t.Parallel()
	for kind, spent := range map[string]bool{
		sandbox.Fail500Before: false, sandbox.ResetBefore: false, sandbox.HTMLBefore: false, sandbox.Hang: false,
		sandbox.Fail500After: true, sandbox.LostAfter: true, sandbox.HTMLAfter: true, sandbox.WrongTypesAfter: true,
		sandbox.ShortAfter: true, sandbox.HangAfter: true,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := open(t, nil)
			refresh := c.token(passwordForm()).json()["refresh_token"].(string)
			c.inject(sandbox.Fault{Endpoint: sandbox.Token, Kind: kind, Next: 1, DelayMS: 1})
			c.token(refreshForm(refresh))
			want := http.StatusOK
			if spent {
				want = http.StatusBadRequest
			}
			c.token(refreshForm(refresh)).want(want)
			if n := c.box.Summary().RefreshPresentationsMax; n != 2 {
				t.Fatalf("%d presentations, want 2 whatever the fault", n)
			}
		})
	}
}
