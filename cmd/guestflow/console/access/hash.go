package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"guestflow/tokencache/secret"
)

// The cost of new hashes: the first choice of OWASP's password storage cheat sheet for argon2id, about 30 ms. With more
// memory a few concurrent logins would fill a small container.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
	saltLength = 16
	keyLength  = 32
)

// The highest cost of a hash in the file. A typing error must not let one login take all memory, or minutes.
const (
	maxMemory = 128 * 1024 // KiB
	maxPasses = 16
	maxLanes  = 16
	maxCost   = 14 // of bcrypt, about a second
)

// maxPassword is the longest password, in bytes.
const maxPassword = 1024

// errHash means that a hash cannot be used. It does not quote the hash, since it is logged.
var errHash = errors.New("the hash is neither argon2id ($argon2id$v=19$m=...,t=...,p=...$salt$hash) nor bcrypt " +
	"($2b$...) of a sensible cost")

// hash is a password's hash, ready to be compared.
type hash struct {
	text           string // as in the file
	bcrypt         bool
	salt, key      []byte
	memory, passes uint32
	lanes          uint8
}

// newHash hashes a new password.
func newHash(password secret.Text) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password.Reveal()), salt, hashPasses, hashMemory, hashLanes, keyLength)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// parseHash reads a hash in the PHC string format, or one of bcrypt.
func parseHash(text string) (hash, error) {
	if strings.HasPrefix(text, "$2") {
		cost, err := bcrypt.Cost([]byte(text))
		if err != nil || cost > maxCost || len(text) != 60 {
			return hash{}, errHash
		}
		return hash{text: text, bcrypt: true}, nil
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hash{}, errHash
	}
	h := hash{text: text}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return hash{}, errHash
	}
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", h.memory, h.passes, h.lanes) { // Sscanf ignores what follows
		return hash{}, errHash
	}
	if h.memory < 8 || h.memory > maxMemory || h.passes < 1 || h.passes > maxPasses || h.lanes < 1 ||
		h.lanes > maxLanes {
		return hash{}, errHash
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(h.salt) < 8 || len(h.key) < 16 || len(h.key) > 64 || len(h.salt) > 64 {
		return hash{}, errHash
	}
	return h, nil
}

// matches checks a password.
func (h hash) matches(password secret.Text) bool {
	if h.bcrypt {
		return bcrypt.CompareHashAndPassword([]byte(h.text), []byte(password.Reveal())) == nil
	}
	key := argon2.IDKey([]byte(password.Reveal()), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key))) // at most 64
	return subtle.ConstantTimeCompare(key, h.key) == 1
}
