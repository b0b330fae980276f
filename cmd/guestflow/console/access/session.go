package access

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"guestflow/tokencache/secret"
)

// Each cookie is signed with a key of its own, so that one is never taken for another.
const (
	sessionCookie = "guestflow_session"
	deviceCookie  = "guestflow_device" // a browser in which a name has logged in before
	flowCookie    = "guestflow_oidc"   // a login that is at the identity provider now
)

// session is what the cookie holds. It says who somebody is, not what they may: that is looked up at every request.
type session struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Via     string   `json:"via"`              // password or oidc
	Groups  []string `json:"groups,omitempty"` // those that Options.OIDC names
	Proof   string   `json:"proof,omitempty"`  // of the password's hash: a new password ends sessions
	Issued  int64    `json:"iat"`
	Expires int64    `json:"exp"` // seconds since 1970
}

const (
	viaPassword = "password"
	viaOIDC     = "oidc"
)

// device is a browser that knew the password of a name. It has tries of its own, so that whoever keeps guessing elsewhere locks
// nobody out (OWASP's "device cookies").
type device struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Expires int64  `json:"exp"`
}

// signer makes cookies that only it can have made.
type signer struct {
	root   []byte
	secure bool
}

// minKey is 32 bytes, as many as the output of the hash.
const minKey = 32

func newSigner(key secret.Text, secure bool) (*signer, error) {
	root := []byte(key.Reveal())
	switch {
	case !key.Set():
		root = make([]byte, minKey)
		_, _ = rand.Read(root) // never fails
	case len(root) < minKey:
		return nil, &UsageError{"the console's session key is shorter than 32 characters; make one with: openssl rand -hex 32"}
	}
	return &signer{root: root, secure: secure}, nil
}

// mac signs a value for one purpose.
func (s *signer) mac(purpose, value string) []byte {
	key, err := hkdf.Key(sha256.New, s.root, nil, "guestflow console "+purpose, sha256.Size)
	if err != nil {
		panic(err) // only where more is asked for than the hash can give
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(value))
	return m.Sum(nil)
}

func (s *signer) seal(purpose string, v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode the cookie: %w", err)
	}
	b64 := base64.RawURLEncoding
	value := b64.EncodeToString(raw)
	return value + "." + b64.EncodeToString(s.mac(purpose, value)), nil
}

// open reads what seal made; false where anybody else made it.
func (s *signer) open(purpose, sealed string, into any) bool {
	value, signature, found := strings.Cut(sealed, ".")
	b64 := base64.RawURLEncoding
	given, err := b64.DecodeString(signature)
	if !found || err != nil || !hmac.Equal(given, s.mac(purpose, value)) {
		return false
	}
	raw, err := b64.DecodeString(value)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// name has the prefix by which a browser refuses the cookie from a neighbouring host or without https.
func (s *signer) name(cookie string) string {
	if s.secure {
		return "__Host-" + cookie
	}
	return cookie
}

// set gives the browser a signed cookie. Lax, not Strict: a link in a mail, and the way back from an identity provider, come
// with the session.
func (s *signer) set(w http.ResponseWriter, cookie string, v any, life time.Duration) error {
	value, err := s.seal(cookie, v)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: s.name(cookie), Value: value, Path: "/", MaxAge: int(life.Seconds()), //nolint:gosec // Secure with TLS; without it a browser would not send it back
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
	return nil
}

func (s *signer) clear(w http.ResponseWriter, cookie string) {
	http.SetCookie(w, &http.Cookie{Name: s.name(cookie), Path: "/", MaxAge: -1, //nolint:gosec // same
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode})
}

// get reads a cookie. A browser may send several of one name, of which a neighbour may have set one; ours is the one that is signed.
func (s *signer) get(r *http.Request, cookie string, into any) bool {
	for _, c := range r.CookiesNamed(s.name(cookie)) {
		if s.open(cookie, c.Value, into) {
			return true
		}
	}
	return false
}

// proof stands for a password's hash without telling it.
func (s *signer) proof(h hash) string {
	return base64.RawURLEncoding.EncodeToString(s.mac("proof", h.text)[:12])
}

// expiringSet are remembered until they expire, in this process: a cookie that was stolen and is used against another process, or after a
// restart with the same key, is good until it expires or the password changes.
type expiringSet struct {
	mu    sync.Mutex
	until map[string]int64 // seconds since 1970
}

// maxExpiring bounds the memory, at 100 bytes each. Each takes a login, which is throttled.
const maxExpiring = 10_000

// add remembers one, or tells that it was there already.
func (i *expiringSet) add(id string, until int64, now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, found := i.until[id]; found {
		return false
	}
	if i.until == nil {
		i.until = map[string]int64{}
	}
	for known, end := range i.until {
		if end < now.Unix() || len(i.until) >= maxExpiring {
			delete(i.until, known)
		}
	}
	i.until[id] = until
	return true
}

func (i *expiringSet) has(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, found := i.until[id]
	return found
}
