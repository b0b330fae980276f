package tokencache

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Grant is a way to a token (RFC 6749 section 1.3).
type Grant string

// The grants. GrantImplicit has no token request; it names tokens that came in a redirect's fragment.
const (
	GrantPassword          Grant = "password"
	GrantClientCredentials Grant = "client_credentials"
	GrantRefresh           Grant = "refresh_token"
	GrantCode              Grant = "authorization_code"
	GrantImplicit          Grant = "implicit"
)

// AuthStyle says where the client's id and secret go. It is always explicit: a library that finds out by trying
// (golang.org/x/oauth2 with its default style) presents a single-use refresh token twice.
type AuthStyle string

// The styles. The zero value is InForm. BasicPlain is Basic without the form encoding of RFC 6749 section 2.3.1, for
// servers that do not decode it.
const (
	InForm     AuthStyle = "form"
	Basic      AuthStyle = "basic"
	BasicPlain AuthStyle = "basic-plain"
)

// Endpoint describes an identity server and its dialect. Qflow, BreakOut, EQdkpPlus and ProcessMaker return ready ones.
type Endpoint struct {
	// TokenURL takes the token requests. Required, absolute, http or https.
	TokenURL string
	// AuthURL is where a browser starts a login; needed by Login only.
	AuthURL string
	// Style of the client's authentication; InForm by default.
	Style AuthStyle
	// Scope is sent with every grant but refresh. Words are separated by spaces here; the form encoding makes them
	// pluses on the wire, and a plus written here would become %2B.
	Scope string
	// Unattended is the grant that needs no person: GrantPassword (the default), GrantClientCredentials, or "none".
	Unattended Grant
	// NoSecret lists grants that are sent without the client's secret.
	NoSecret []Grant
	// Extra fields by grant; those under "" go with every grant. RedirectURI is filled in by Login.
	Extra map[Grant]url.Values
	// RedirectURI is registered with the server. It is sent with a code, and with a refresh if RedirectOnRefresh.
	RedirectURI       string
	RedirectOnRefresh bool
	// Nonce sends a random "nonce" field with every request.
	Nonce bool
	// RefreshTokenStays declares that the server never rotates: its refresh token is not single-use, a lost answer
	// spends nothing, and sending it again is legitimate. Never set it for a server that does rotate.
	RefreshTokenStays bool
	// Lifetime is assumed when an answer has no usable expires_in; 15 min by default. Too long costs one 401.
	Lifetime time.Duration
}

// None as Endpoint.Unattended: only a login gets a token.
const None Grant = "none"

// Qflow is api.qflowhub.io's identity server: form credentials, rotation, one hour.
func Qflow() Endpoint {
	return Endpoint{
		TokenURL: "https://identity.qflowhub.io/core/connect/token",
		AuthURL:  "https://identity.qflowhub.io/core/connect/authorize",
		Scope:    "qflowapi openid offline_access",
	}
}

// BreakOut authenticates its clients by HTTP Basic.
func BreakOut(base string) Endpoint {
	base = strings.TrimSuffix(base, "/")
	return Endpoint{TokenURL: base + "/oauth/token", AuthURL: base + "/oauth/authorize", Style: Basic, Scope: "read write"}
}

// EQdkpPlus keeps its refresh token, wants the redirect URI again on a refresh, and takes passwords without a secret.
func EQdkpPlus(base, redirectURI string) Endpoint {
	base = strings.TrimSuffix(base, "/")
	return Endpoint{
		TokenURL: base + "/wcf/oauth-token/", AuthURL: base + "/wcf/oauth-authorize/",
		NoSecret: []Grant{GrantPassword}, Nonce: true,
		RedirectURI: redirectURI, RedirectOnRefresh: true, RefreshTokenStays: true,
	}
}

// ProcessMaker has one endpoint per workspace.
func ProcessMaker(base, workspace string) Endpoint {
	base = strings.TrimSuffix(base, "/") + "/" + url.PathEscape(workspace)
	return Endpoint{TokenURL: base + "/oauth2/token", AuthURL: base + "/oauth2/authorize", Style: Basic, Scope: "*"}
}

// NeedsSecret reports whether the grant that needs no person is sent with the client's secret.
func (e *Endpoint) NeedsSecret() bool { return !slices.Contains(e.NoSecret, e.Unattended) }

func (e *Endpoint) normalize() error {
	u, err := url.Parse(e.TokenURL)
	if err != nil {
		return errors.New("token URL cannot be read") // the parser's error quotes the URL, and with it any password in it
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("token URL must be absolute, http or https")
	}
	if u.User != nil {
		return errors.New("token URL must not hold credentials; they would show in errors")
	}
	if e.Style == "" {
		e.Style = InForm
	}
	if e.Style != InForm && e.Style != Basic && e.Style != BasicPlain {
		return fmt.Errorf("client auth style %q is not one of %s, %s, %s", e.Style, InForm, Basic, BasicPlain)
	}
	if e.Unattended == "" {
		e.Unattended = GrantPassword
	}
	switch e.Unattended {
	case GrantPassword, GrantClientCredentials, None:
	default:
		return fmt.Errorf("unattended grant %q is not one of password, client_credentials, none", e.Unattended)
	}
	if e.RedirectOnRefresh && e.RedirectURI == "" {
		return errors.New("a refresh has to carry the redirect URI, and none is configured")
	}
	if e.Lifetime <= 0 {
		e.Lifetime = 15 * time.Minute
	}
	return nil
}
