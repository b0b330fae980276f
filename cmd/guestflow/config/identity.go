package config

import (
	"net/url"
	"strings"

	"guestflow/tokencache"
)

// identity is where tokens come from. The defaults are Qflow's; the other dialects are for servers that deviate from
// OAuth.
type identity struct {
	IdentityURL     string `help:"Token endpoint, the full URL." group:"Identity" keyonly:""`
	IdentityDialect string `help:"What the token endpoint expects: qflow, breakout, eqdkp-plus or processmaker." enum:"qflow,breakout,eqdkp-plus,processmaker" default:"qflow" group:"Identity" keyonly:""`
	ClientAuth      string `help:"How the client's id and secret are sent: form, basic, or basic-plain for a server that does not form-decode HTTP Basic; the dialect's by default." enum:",form,basic,basic-plain" default:"" group:"Identity" keyonly:""`
	AuthURL         string `help:"Where a login by browser starts; derived from identity_url by default." name:"auth-url" group:"Identity" keyonly:""`
	RedirectURI     string `help:"Redirect URI registered for logins: a loopback address, with a free port by default; or an https address of the console, for its page Sign in, and for guestflow token login --paste." name:"redirect-uri" group:"Identity" keyonly:""`
	Scope           string `help:"Scopes, separated by blanks; the dialect's by default." group:"Identity" keyonly:""`
	Grant           string `help:"Grant without a browser: password, client_credentials or none." enum:"password,client_credentials,none" default:"password" group:"Identity" keyonly:""`
	RedisReplicas   int    `help:"Replicas of Redis that may be promoted; each must confirm a claim before a refresh token is sent." group:"Identity" keyonly:""`
}

// Endpoint returns the token endpoint: the dialect's, with what is configured over it.
func (i identity) Endpoint() tokencache.Endpoint {
	e := i.dialect()
	if i.IdentityURL != "" {
		e.TokenURL, e.AuthURL = i.IdentityURL, AuthorizeURL(i.IdentityURL)
	}
	if i.AuthURL != "" {
		e.AuthURL = i.AuthURL
	}
	if i.RedirectURI != "" {
		e.RedirectURI = i.RedirectURI
	}
	if i.Scope != "" {
		e.Scope = i.Scope
	}
	if i.ClientAuth != "" {
		e.Style = tokencache.AuthStyle(i.ClientAuth)
	}
	e.Unattended = tokencache.Grant(i.Grant)
	return e
}

// dialect returns a dialect's endpoint without its URLs: the full token URL is configured.
func (i identity) dialect() tokencache.Endpoint {
	switch i.IdentityDialect {
	case "breakout":
		return tokencache.BreakOut("")
	case "eqdkp-plus":
		return tokencache.EQdkpPlus("", i.RedirectURI)
	case "processmaker":
		return tokencache.ProcessMaker("", "")
	}
	return tokencache.Qflow()
}

// AuthorizeURL returns where a login starts, beside the token endpoint in all dialects: /oauth/authorize for
// /oauth/token.
func AuthorizeURL(token string) string {
	u, err := url.Parse(token)
	if err != nil {
		return ""
	}
	at := strings.LastIndex(u.Path, "token")
	if at < 0 {
		return ""
	}
	u.Path = u.Path[:at] + "authorize" + u.Path[at+len("token"):]
	return u.String()
}

func (i identity) check() error {
	if i.IdentityDialect != "qflow" && i.IdentityURL == "" {
		return Usagef("identity_dialect %s needs identity_url, the full URL of its token endpoint", i.IdentityDialect)
	}
	if i.RedisReplicas < 0 {
		return Usagef("redis_replicas is too small")
	}
	return nil
}
