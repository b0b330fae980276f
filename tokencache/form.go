package tokencache

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"guestflow/tokencache/secret"
)

// tokenRequest is one token request, in no server's dialect yet.
type tokenRequest struct {
	grant   Grant
	refresh secret.Text // GrantRefresh
	// GrantCode
	code        secret.Text
	verifier    secret.Text
	redirectURI string
}

// form returns the fields of a request in the endpoint's dialect.
func (e *Endpoint) form(cr Credentials, a tokenRequest) url.Values {
	f := url.Values{"grant_type": {string(a.grant)}}
	switch a.grant {
	case GrantPassword:
		f.Set("username", cr.user())
		f.Set("password", cr.Password.Reveal())
	case GrantRefresh:
		f.Set("refresh_token", a.refresh.Reveal())
		if e.RedirectOnRefresh {
			f.Set("redirect_uri", e.RedirectURI)
		}
	case GrantCode:
		f.Set("code", a.code.Reveal())
		f.Set("code_verifier", a.verifier.Reveal())
		f.Set("redirect_uri", a.redirectURI)
	case GrantClientCredentials, GrantImplicit, None: // nothing beyond the client itself
	}
	// A code's scope was settled in the browser, and a refresh keeps its own: Qflow's takes none.
	if e.Scope != "" && (a.grant == GrantPassword || a.grant == GrantClientCredentials) {
		f.Set("scope", e.Scope)
	}
	if e.Nonce {
		f.Set("nonce", uuid.NewString())
	}
	maps.Copy(f, e.Extra[""])
	maps.Copy(f, e.Extra[a.grant])
	if e.Style == InForm {
		f.Set("client_id", cr.ClientID)
		if s := e.secretFor(cr, a.grant); s.Set() {
			f.Set("client_secret", s.Reveal())
		}
	}
	return f
}

func (e *Endpoint) secretFor(cr Credentials, g Grant) secret.Text {
	if slices.Contains(e.NoSecret, g) {
		return ""
	}
	return cr.ClientSecret
}

// authorize puts the client's credentials into the header, each form-encoded first (RFC 6749 section 2.3.1) unless the
// server does not decode that.
func (e *Endpoint) authorize(req *http.Request, cr Credentials, g Grant) {
	id, text := cr.ClientID, e.secretFor(cr, g).Reveal()
	switch e.Style {
	case Basic:
		req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(text))
	case BasicPlain:
		req.SetBasicAuth(id, text)
	case InForm:
	}
}

// hint returns a possible cause why a client was refused, or "": the form encoding changes its id or secret.
func (e *Endpoint) hint(cr Credentials, g Grant) string {
	id, text := cr.ClientID, e.secretFor(cr, g).Reveal()
	if e.Style != Basic || url.QueryEscape(id) == id && url.QueryEscape(text) == text {
		return ""
	}
	return "the client's id or secret has characters that HTTP Basic sends form-encoded; a server that does not decode " +
		"them needs client_auth: basic-plain"
}
