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
	"time"

	"guestflow/tokencache/secret"
)

// signer signs cookies. Each is signed with a key of its own, so that none is accepted in place of another.
type signer struct {
	root   []byte
	secure bool
}

// minKey is 32 bytes, the size of the hash.
const minKey = 32

func newSigner(key secret.Text, secure bool) (*signer, error) {
	root := []byte(key.Reveal())
	switch {
	case !key.Set():
		root = make([]byte, minKey)
		_, _ = rand.Read(root) // never fails
	case len(root) < minKey:
		return nil, &UsageError{"the console's session key is shorter than 32 characters; make one with: openssl " +
			"rand -hex 32"}
	}
	return &signer{root: root, secure: secure}, nil
}

// mac signs a value for one purpose.
func (s *signer) mac(purpose, value string) []byte {
	key, err := hkdf.Key(sha256.New, s.root, nil, "guestflow console "+purpose, sha256.Size)
	if err != nil {
		panic(err) // only for more output than the hash can provide
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

// open verifies and decodes what seal returned.
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

// name adds the prefix by which a browser refuses the cookie from a neighbouring host or without https.
func (s *signer) name(cookie string) string {
	if s.secure {
		return "__Host-" + cookie
	}
	return cookie
}

// set sets a signed cookie. It is Lax, not Strict: a link in an email, and the redirect of an identity provider, come
// with the session.
func (s *signer) set(w http.ResponseWriter, cookie string, v any, life time.Duration) error {
	value, err := s.seal(cookie, v)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(cookie, value, int(life.Seconds())))
	return nil
}

func (s *signer) clear(w http.ResponseWriter, cookie string) {
	http.SetCookie(w, s.cookie(cookie, "", -1))
}

func (s *signer) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{ // Secure with TLS; without it a browser would not send it back
		Name: s.name(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// get reads a cookie. A browser may send several of one name, one of them set by a neighbouring host; ours is the
// signed one.
func (s *signer) get(r *http.Request, cookie string, into any) bool {
	for _, c := range r.CookiesNamed(s.name(cookie)) {
		if s.open(cookie, c.Value, into) {
			return true
		}
	}
	return false
}

// proof identifies a password's hash without revealing it.
func (s *signer) proof(h hash) string {
	return base64.RawURLEncoding.EncodeToString(s.mac("proof", h.text)[:12])
}
