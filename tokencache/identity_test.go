package tokencache_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// identity is an identity server that rotates its refresh tokens and keeps books of what was presented.
type identity struct {
	*httptest.Server

	mu        sync.Mutex
	lifetime  time.Duration
	password  string
	revokes   bool // reuse revokes the whole family
	rotates   bool
	n         int
	refresh   map[string]string // live refresh token -> family
	spent     map[string]string // used refresh token -> family
	presented map[string]int
	grants    map[string]int
	requests  int
	reused    int
	revoked   int
	access    map[string]bool
	secrets   map[string]bool // every token ever given out
	last      url.Values
	lastReq   *http.Request
	// before and after run around a grant; after its effect is on the books. They answer themselves by returning true.
	before, after func(w http.ResponseWriter, form url.Values) bool
}

func newIdentity(t testing.TB) *identity {
	t.Helper()
	s := &identity{
		lifetime: time.Hour, password: "correct-horse-battery", rotates: true,
		refresh: map[string]string{}, spent: map[string]string{}, presented: map[string]int{}, grants: map[string]int{},
		access: map[string]bool{}, secrets: map[string]bool{},
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// with changes the server's manners under its lock.
func (s *identity) with(change func(*identity)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *identity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	form := r.PostForm
	s.mu.Lock()
	before, after := s.before, s.after
	s.requests++
	s.last, s.lastReq = form, r
	if rt := form.Get("refresh_token"); rt != "" {
		s.presented[rt]++
	}
	s.mu.Unlock()
	if before != nil && before(w, form) {
		return
	}
	status, answer := s.grant(form)
	if after != nil && after(w, form) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *identity) grant(form url.Values) (int, map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	grant := form.Get("grant_type")
	s.grants[grant]++
	invalid := map[string]any{"error": "invalid_grant",
		"error_description": "echo " + form.Get("password") + form.Get("refresh_token")}
	var family string
	switch grant {
	case "password":
		if form.Get("password") != s.password {
			return http.StatusBadRequest, invalid
		}
		family = fmt.Sprintf("family%d", s.n)
	case "client_credentials":
		s.n++
		return http.StatusOK, s.pair("", false)
	case "authorization_code":
		family = fmt.Sprintf("family%d", s.n)
	case "refresh_token":
		rt := form.Get("refresh_token")
		if f, used := s.spent[rt]; used {
			s.reused++
			if s.revokes {
				s.revoke(f)
			}
			return http.StatusBadRequest, invalid
		}
		f, ok := s.refresh[rt]
		if !ok {
			return http.StatusBadRequest, invalid
		}
		if !s.rotates {
			s.n++
			return http.StatusOK, s.pair("", false)
		}
		delete(s.refresh, rt)
		s.spent[rt] = f
		family = f
	default:
		return http.StatusBadRequest, map[string]any{"error": "unsupported_grant_type"}
	}
	s.n++
	return http.StatusOK, s.pair(family, true)
}

func (s *identity) revoke(family string) {
	s.revoked++
	for rt, f := range s.refresh {
		if f == family {
			delete(s.refresh, rt)
		}
	}
}

func (s *identity) pair(family string, refresh bool) map[string]any {
	at := fmt.Sprintf("access-%06d-%x", s.n, time.Now().UnixNano())
	s.access[at], s.secrets[at] = true, true
	out := map[string]any{"access_token": at, "token_type": "Bearer", "expires_in": s.lifetime.Seconds()}
	if refresh {
		rt := fmt.Sprintf("refresh-%06d-%x", s.n, time.Now().UnixNano())
		s.refresh[rt], s.secrets[rt] = family, true
		out["refresh_token"] = rt
	}
	return out
}

// count gives the number of grants of a kind so far.
func (s *identity) count(grant string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grants[grant]
}

// mostPresented is the books' answer to the promise: how often the most presented refresh token was presented.
func (s *identity) mostPresented() (most, tokens int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.presented {
		most = max(most, n)
	}
	return most, len(s.presented)
}
