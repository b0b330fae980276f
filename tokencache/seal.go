package tokencache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"guestflow/tokencache/secret"
)

// Keyring holds the sealing keys: the first one seals, all of them open. To rotate, put the new key in front on every
// host, and remove the old one once every account has been renewed (`guestflow token show` names the key in use).
type Keyring struct{ keys []sealingKey }

type sealingKey struct {
	id   string
	aead cipher.AEAD
	mac  []byte
}

// ParseKeys reads keys of 32 bytes, in base64 or hex, separated by white space or commas: the value of an environment
// variable or the content of a file. `openssl rand -base64 32` makes one.
func ParseKeys(value secret.Text) (Keyring, error) {
	var ring Keyring
	words := strings.FieldsFunc(value.Reveal(), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	for i, word := range words {
		raw, err := decodeKey(word)
		if err != nil {
			return Keyring{}, fmt.Errorf("sealing key %d of %d: %w", i+1, len(words), err)
		}
		key, err := newSealingKey(raw)
		if err != nil {
			return Keyring{}, fmt.Errorf("sealing key %d of %d: %w", i+1, len(words), err)
		}
		ring.keys = append(ring.keys, key)
	}
	if len(ring.keys) == 0 {
		return Keyring{}, errors.New("no sealing key in an otherwise configured value")
	}
	return ring, nil
}

func decodeKey(word string) ([]byte, error) {
	if raw, err := hex.DecodeString(word); err == nil && len(raw) == 32 {
		return raw, nil
	}
	word = strings.TrimRight(word, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := enc.DecodeString(word); err == nil && len(raw) == 32 {
			return raw, nil
		}
	}
	return nil, errors.New("not 32 bytes in base64 or hex; make one by: openssl rand -base64 32")
}

func newSealingKey(raw []byte) (sealingKey, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return sealingKey{}, err
	}
	// Random nonces are safe for 2^32 messages of one key; at two per renewal, and one for each chunk of rows, that is
	// longer than a key is ever used for.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealingKey{}, err
	}
	id := sha256.Sum256(append([]byte("guestflow key id:"), raw...))
	mac := sha256.Sum256(append([]byte("guestflow key mac:"), raw...))
	return sealingKey{id: hex.EncodeToString(id[:4]), aead: aead, mac: mac[:]}, nil
}

// Empty reports whether there is no key.
func (r Keyring) Empty() bool { return len(r.keys) == 0 }

// ID names the key that seals. It is derived from the key and does not reveal it.
func (r Keyring) ID() string {
	if r.Empty() {
		return ""
	}
	return r.keys[0].id
}

func (r Keyring) ids() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// Seal returns "gf1.<key id>.<base64>". What it is bound to must be named again to open it, so that a sealed text that
// is copied to another account or put back under a newer generation does not open.
func (r Keyring) Seal(plain secret.Text, boundTo string) string {
	k := r.keys[0]
	box := k.aead.Seal(nil, nil, []byte(plain.Reveal()), []byte(boundTo))
	return sealVersion + "." + k.id + "." + base64.RawStdEncoding.EncodeToString(box)
}

// Open returns what was sealed, or a *SealError.
func (r Keyring) Open(sealed, boundTo string) (secret.Text, error) {
	version, rest, _ := strings.Cut(sealed, ".")
	id, text, ok := strings.Cut(rest, ".")
	if version != sealVersion || !ok {
		return "", &SealError{Have: r.ids()}
	}
	for _, k := range r.keys {
		if k.id != id {
			continue
		}
		box, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil {
			return "", &SealError{Key: id, Have: r.ids()}
		}
		plain, err := k.aead.Open(nil, nil, box, []byte(boundTo))
		if err != nil {
			return "", &SealError{Key: id, Have: r.ids()}
		}
		return secret.Text(plain), nil
	}
	return "", &SealError{Key: id, Have: r.ids()}
}

// SealBytes is Seal for what is larger and not text: a mark, the key's id in four bytes, and the sealed box. It is 33
// bytes longer than what it seals.
func (r Keyring) SealBytes(plain []byte, boundTo string) []byte {
	k := r.keys[0]
	sealed := make([]byte, 0, 1+keyIDSize+len(plain)+k.aead.Overhead())
	sealed, _ = hex.AppendDecode(append(sealed, sealedBytes), []byte(k.id)) // its own hex
	return k.aead.Seal(sealed, nil, plain, []byte(boundTo))
}

// OpenBytes returns what SealBytes has sealed, or a *SealError.
func (r Keyring) OpenBytes(sealed []byte, boundTo string) ([]byte, error) {
	if !IsSealed(sealed) {
		return nil, &SealError{Have: r.ids()}
	}
	id := hex.EncodeToString(sealed[1 : 1+keyIDSize])
	for _, k := range r.keys {
		if k.id != id {
			continue
		}
		if plain, err := k.aead.Open(nil, nil, sealed[1+keyIDSize:], []byte(boundTo)); err == nil {
			return plain, nil
		}
	}
	return nil, &SealError{Key: id, Have: r.ids()}
}

// IsSealed reports whether data was sealed by SealBytes. What may be there unsealed, from before it was, must begin
// with another byte.
func IsSealed(data []byte) bool { return len(data) > keyIDSize && data[0] == sealedBytes }

// Sealed reports whether data was sealed by SealBytes with the key that seals now.
func (r Keyring) Sealed(data []byte) bool {
	return IsSealed(data) && hex.EncodeToString(data[1:1+keyIDSize]) == r.ID()
}

const (
	sealedBytes = 'S'
	keyIDSize   = 4
)

const sealVersion = "gf1"

// keyOf names the key that a text was sealed with.
func keyOf(sealed string) string {
	parts := strings.SplitN(sealed, ".", 3)
	if len(parts) != 3 || parts[0] != sealVersion {
		return ""
	}
	return parts[1]
}

// tag is a keyed digest: with the key it shows whether two secrets are the same, and without it nothing.
func (r Keyring) tag(parts ...secret.Text) string {
	h := hmac.New(sha256.New, r.keys[0].mac)
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s,", len(p), p.Reveal())
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// SealError says that a sealed secret cannot be opened: another key, or it was tampered with or moved.
type SealError struct {
	Key  string   // the id of the key it was sealed with, "" if that is unknown
	Have []string // the ids of the keys at hand
}

func (e *SealError) Error() string {
	for _, id := range e.Have {
		if id == e.Key {
			return fmt.Sprintf("a sealed secret does not open with its own key %s: it was changed, or moved from another "+
				"account", e.Key)
		}
	}
	return fmt.Sprintf("a secret was sealed with key %q, and this process has only %q", e.Key, e.Have)
}
