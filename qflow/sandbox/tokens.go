package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// identity is the token store behind every dialect.
type identity struct {
	sync.RWMutex
	accounts []*account
	access   map[string]*accessToken
	refresh  map[string]*refreshToken
	codes    map[string]*authCode
}

// family is every token that came of one sign-in.
type family struct {
	account *account
	dialect string
	client  string
	scope   string
	revoked bool
}

type accessToken struct {
	family  *family
	expires time.Time
}

type refreshToken struct {
	family *family
	used   bool
}

type authCode struct {
	family    *family
	redirect  string
	challenge string
	nonce     string
	expires   time.Time
}

// maxAccess is where expired access tokens are swept; a client that signs in for every call must not grow the map
// forever.
const maxAccess = 10_000

func (i *identity) initialise(accounts []*account) {
	i.Lock()
	defer i.Unlock()
	i.accounts = accounts
	i.access = map[string]*accessToken{}
	i.refresh = map[string]*refreshToken{}
	i.codes = map[string]*authCode{}
}

// owner is the account that an access token opens the API for, or nil. Other dialects' tokens open nothing.
func (i *identity) owner(token string, now time.Time) *account {
	i.RLock()
	defer i.RUnlock()
	found := i.access[token]
	if found == nil || found.family.revoked || found.family.dialect != Qflow().Name || !now.Before(found.expires) {
		return nil
	}
	return found.family.account
}

// RevokeAccessTokens ends all access tokens before their time. Refresh tokens stay good.
func (s *Sandbox) RevokeAccessTokens() {
	s.identity.Lock()
	defer s.identity.Unlock()
	clear(s.identity.access)
}

// RevokeRefreshTokens ends all refresh tokens, as a password change or an administrator does.
func (s *Sandbox) RevokeRefreshTokens() {
	s.identity.Lock()
	defer s.identity.Unlock()
	clear(s.identity.refresh)
}

// mint is 32 hex digits, as in Qflow's examples (docs/qflow-api.md section 2).
func mint() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func (i *identity) issueAccess(f *family, now time.Time, life time.Duration) string {
	if len(i.access) >= maxAccess {
		for token, a := range i.access {
			if !now.Before(a.expires) || a.family.revoked {
				delete(i.access, token)
			}
		}
	}
	token := mint()
	i.access[token] = &accessToken{family: f, expires: now.Add(life)}
	return token
}

func (i *identity) issueRefresh(f *family) string {
	token := mint()
	i.refresh[token] = &refreshToken{family: f}
	return token
}

// redeem uses up a refresh token, if the dialect rotates, and returns its family, or nil. The second value reports that
// a used one came again.
func (i *identity) redeem(token string, d *Dialect, client string) (f *family, reused bool) {
	found := i.refresh[token]
	if found == nil || found.family.dialect != d.Name || found.family.client != client || found.family.revoked {
		return nil, false
	}
	if found.used {
		return found.family, true
	}
	found.used = d.Rotates
	return found.family, false
}

func (i *identity) route(r *http.Request, dialects []Dialect) Endpoint {
	for n := range dialects {
		if matches(dialects[n].TokenPath, r.URL.Path) {
			return Token
		}
		if matches(dialects[n].AuthorizePath, r.URL.Path) {
			return Authorize
		}
	}
	return Unrouted
}
