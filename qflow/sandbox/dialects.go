package sandbox

import (
	"slices"
	"strings"
	"time"
)

// Dialect is how one kind of system does OAuth: data for the one mechanism in identity.go. Only Qflow's tokens open the
// API; the others are here because a token cache that claims to serve them must be tried against them.
type Dialect struct {
	Name          string
	TokenPath     string // a "{workspace}" segment matches any one segment
	AuthorizePath string
	// ClientAuth is where the client's id and secret are expected: InForm or InBasic.
	ClientAuth string
	Grants     []string
	// Scopes are those that may be asked for; ScopeRequired refuses a request for a grant without any.
	Scopes        []string
	ScopeRequired bool
	// RefreshScope must be among the granted scopes for a refresh token to be issued; "" issues one always.
	RefreshScope string
	ExpiresIn    time.Duration
	TokenType    string
	// Rotates makes refresh tokens single-use. Otherwise a refresh answer has no refresh token and the old one stays.
	Rotates bool
	// RedirectURIAlways requires redirect_uri with refresh_token and authorization_code, too.
	RedirectURIAlways bool
	// PublicPassword allows the password grant without client_secret.
	PublicPassword bool
	// IDTokens adds an id_token that carries the request's nonce.
	IDTokens bool
	// Implicit allows response_type=token at the authorization endpoint.
	Implicit bool
	// BadClientStatus is the status of invalid_client: IdentityServer3 says 400 for all errors, RFC 6749 5.2 has 401.
	BadClientStatus int
	// EchoScope puts the granted scope into the answer.
	EchoScope bool
}

// Where client credentials go.
const (
	InForm  = "form"
	InBasic = "basic"
)

// The grants.
const (
	grantPassword = "password"
	grantRefresh  = "refresh_token"
	grantCode     = "authorization_code"
	grantClient   = "client_credentials"
)

// Qflow is docs/qflow-api.md section 2.
func Qflow() Dialect {
	return Dialect{
		Name:            "qflow",
		TokenPath:       "/core/connect/token",
		AuthorizePath:   "/core/connect/authorize",
		ClientAuth:      InForm,
		Grants:          []string{grantPassword, grantRefresh, grantCode},
		Scopes:          []string{"qflowapi", "openid", "profile", "email", "offline_access"},
		ScopeRequired:   true,
		RefreshScope:    "offline_access",
		ExpiresIn:       3600 * time.Second,
		TokenType:       "Bearer",
		Rotates:         true,
		BadClientStatus: 400,
	}
}

// BreakOut is an OAuth server with HTTP Basic clients and a lower-case token type. Its documented lifetime, 42961 s, is
// no round number because it hands out the rest of a token's life.
func BreakOut() Dialect {
	return Dialect{
		Name:            "breakout",
		TokenPath:       "/oauth/token",
		AuthorizePath:   "/oauth/authorize",
		ClientAuth:      InBasic,
		Grants:          []string{grantPassword, grantRefresh, grantCode, grantClient},
		Scopes:          []string{"read", "write"},
		ExpiresIn:       42961 * time.Second,
		TokenType:       "bearer",
		Rotates:         true,
		BadClientStatus: 401,
		EchoScope:       true,
	}
}

// EQdkpPlus keeps its refresh token, wants redirect_uri everywhere and trusts a password without a client secret.
func EQdkpPlus() Dialect {
	return Dialect{
		Name:              "eqdkp-plus",
		TokenPath:         "/wcf/oauth-token/",
		AuthorizePath:     "/wcf/oauth-authorize/",
		ClientAuth:        InForm,
		Grants:            []string{grantPassword, grantRefresh, grantCode},
		Scopes:            []string{"openid", "profile", "email", "offline_access"},
		ExpiresIn:         3600 * time.Second,
		TokenType:         "Bearer",
		RedirectURIAlways: true,
		PublicPassword:    true,
		IDTokens:          true,
		BadClientStatus:   401,
	}
}

// ProcessMaker has a workspace in its path, scope=* and every grant.
func ProcessMaker() Dialect {
	return Dialect{
		Name:            "processmaker",
		TokenPath:       "/{workspace}/oauth2/token",
		AuthorizePath:   "/{workspace}/oauth2/authorize",
		ClientAuth:      InBasic,
		Grants:          []string{grantClient, grantPassword, grantCode, grantRefresh},
		Scopes:          []string{"*", "view_processes", "edit_processes"},
		ExpiresIn:       86400 * time.Second,
		TokenType:       "bearer",
		Rotates:         true,
		Implicit:        true,
		BadClientStatus: 401,
		EchoScope:       true,
	}
}

// Dialects are all of them. Their paths do not overlap, so one sandbox serves them at once.
func Dialects() []Dialect { return []Dialect{Qflow(), BreakOut(), EQdkpPlus(), ProcessMaker()} }

func (d *Dialect) grants(grant string) bool { return slices.Contains(d.Grants, grant) }

// allows reports whether every scope of a space-separated list may be asked for.
func (d *Dialect) allows(scope string) bool {
	for _, one := range strings.Fields(scope) {
		if !slices.Contains(d.Scopes, one) {
			return false
		}
	}
	return scope != "" || !d.ScopeRequired
}

// matches compares a path with a pattern whose "{...}" segments match anything but nothing.
func matches(pattern, path string) bool {
	if !strings.Contains(pattern, "{") {
		return pattern == path
	}
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || got[i] == "") {
			return false
		}
	}
	return true
}
