package operate

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/redis/go-redis/v9"

	"guestflow/tokencache/secret"
)

// APIToken lets a program use the HTTP API of one account. Its secret is shown once, and only the hash of it is kept.
type APIToken struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"` // by which the audit log names the program
	Operator bool       `json:"operator"`
	Guests   bool       `json:"guests"`
	By       string     `json:"by"`
	Made     time.Time  `json:"made"`
	Expires  *time.Time `json:"expires,omitempty"`
	Used     *time.Time `json:"used,omitempty"` // lately, to the hour
}

// storedAPIToken is what Redis keeps of one.
type storedAPIToken struct {
	APIToken

	SHA256 []byte `json:"sha256"` // of the secret, whose 160 random bits need no slow hash
}

const (
	// maxAPITokens bounds the tokens of an account.
	maxAPITokens = 100

	// maxAPITokenName bounds a token's name, in bytes.
	maxAPITokenName = 64

	// apiTokenPrefix begins every token, so that tools that look for secrets in texts find it.
	apiTokenPrefix = "gf_"

	// maxAPIToken bounds the length of what is looked at as a token.
	maxAPIToken = 256

	// usedEvery is how often the last use of a token is written down.
	usedEvery = time.Hour
)

// ErrAPIToken says that a text is no token of this account: it is another one's, mistyped, revoked or expired.
var ErrAPIToken = errors.New("the API token is not known here: it may be mistyped, revoked or expired")

func (a *Account) apiTokensKey() string     { return a.Ledger.Prefix() + "apitokens" }
func (a *Account) apiTokensUsedKey() string { return a.Ledger.Prefix() + "apitokens:used" }

// AddAPIToken makes a token with some rights, and returns its text, which is not kept. No expiry is the zero time.
func (a *Account) AddAPIToken(ctx context.Context, who Actor, t APIToken) (text secret.Text, added APIToken,
	err error) {
	if err := checkAPIToken(t); err != nil {
		return "", t, err
	}
	list, err := a.APITokens(ctx)
	if err != nil {
		return "", t, err
	}
	if len(list) >= maxAPITokens {
		return "", t, refuse("there are %d API tokens already, which is the most; revoke some that are not used", len(list))
	}
	if slices.ContainsFunc(list, func(other APIToken) bool { return other.Name == t.Name }) {
		return "", t, refuse("there is an API token called %s; revoke it, or choose another name", t.Name)
	}
	t.ID, t.By, t.Made = randomText(5), who.Name, time.Now().UTC().Truncate(time.Second)
	key := randomText(20)
	sum := sha256.Sum256([]byte(key))
	raw, err := json.Marshal(storedAPIToken{t, sum[:]})
	if err != nil {
		return "", t, err
	}
	err = a.Audited(ctx, who, "add API token", t.Name, "", func() (string, error) {
		return t.Rights(), a.Redis.HSet(ctx, a.apiTokensKey(), t.ID, raw).Err()
	})
	return secret.Text(apiTokenPrefix + t.ID + key), t, err
}

func checkAPIToken(t APIToken) error {
	wrong := func(r rune) bool { return !unicode.IsPrint(r) || r == ',' }
	if t.Name == "" || len(t.Name) > maxAPITokenName || strings.ContainsFunc(t.Name, wrong) ||
		strings.TrimSpace(t.Name) != t.Name {
		return refuse("an API token needs a name of at most %d bytes, without commas, such as the program's that will use it",
			maxAPITokenName)
	}
	if t.Expires != nil && time.Until(*t.Expires) < 0 {
		return refuse("the API token would be expired already")
	}
	return nil
}

// randomText is some random bytes as letters and digits.
func randomText(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

// Rights are the token's rights in the words of the console.
func (t APIToken) Rights() string {
	words := []string{"viewer"}
	if t.Operator {
		words[0] = "operator"
	}
	if t.Guests {
		words = append(words, "guests")
	}
	return strings.Join(words, ",")
}

// Expired reports whether a token is no longer accepted.
func (t APIToken) Expired(now time.Time) bool { return t.Expires != nil && !now.Before(*t.Expires) }

// APITokens lists the tokens by name.
func (a *Account) APITokens(ctx context.Context) ([]APIToken, error) {
	stored, err := a.Redis.HGetAll(ctx, a.apiTokensKey()).Result()
	if err != nil {
		return nil, fmt.Errorf("read the API tokens: %w", err)
	}
	used, err := a.Redis.HGetAll(ctx, a.apiTokensUsedKey()).Result()
	if err != nil {
		return nil, fmt.Errorf("read the API tokens: %w", err)
	}
	list := make([]APIToken, 0, len(stored))
	for id, raw := range stored {
		t, err := readAPIToken(raw)
		if err != nil {
			return nil, fmt.Errorf("read the API token %s: %w", id, err)
		}
		t.Used = parseUsed(used[id])
		list = append(list, t.APIToken)
	}
	slices.SortFunc(list, func(t, other APIToken) int { return strings.Compare(t.Name, other.Name) })
	return list, nil
}

func readAPIToken(raw string) (t storedAPIToken, err error) {
	err = json.Unmarshal([]byte(raw), &t)
	return t, err
}

func parseUsed(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil { // never used
		return nil
	}
	return &at
}

// RevokeAPIToken removes a token by its id or name. The next request with it is refused.
func (a *Account) RevokeAPIToken(ctx context.Context, who Actor, idOrName string) (APIToken, error) {
	list, err := a.APITokens(ctx)
	if err != nil {
		return APIToken{}, err
	}
	i := slices.IndexFunc(list, func(t APIToken) bool { return t.ID == idOrName || t.Name == idOrName })
	if i < 0 {
		return APIToken{}, refuse("there is no API token %s; see guestflow api-token list", idOrName)
	}
	t := list[i]
	return t, a.Audited(ctx, who, "revoke API token", t.Name, t.Rights(), func() (string, error) {
		if err := a.Redis.HDel(ctx, a.apiTokensUsedKey(), t.ID).Err(); err != nil {
			return "", err
		}
		return "revoked", a.Redis.HDel(ctx, a.apiTokensKey(), t.ID).Err()
	})
}

// CheckAPIToken returns the token that a text is, or ErrAPIToken.
func (a *Account) CheckAPIToken(ctx context.Context, text string) (APIToken, error) {
	id, key, shaped := splitAPIToken(text)
	if !shaped {
		return APIToken{}, ErrAPIToken
	}
	raw, err := a.Redis.HGet(ctx, a.apiTokensKey(), id).Result()
	if errors.Is(err, redis.Nil) {
		return APIToken{}, ErrAPIToken
	}
	if err != nil {
		return APIToken{}, fmt.Errorf("read an API token: %w", err)
	}
	t, err := readAPIToken(raw)
	if err != nil {
		return APIToken{}, fmt.Errorf("read the API token %s: %w", id, err)
	}
	sum := sha256.Sum256([]byte(key))
	if subtle.ConstantTimeCompare(sum[:], t.SHA256) != 1 || t.Expired(time.Now()) {
		return APIToken{}, ErrAPIToken
	}
	return t.APIToken, a.noteUse(ctx, id)
}

// splitAPIToken separates a token's id, which is eight letters, from its secret.
func splitAPIToken(text string) (id, key string, ok bool) {
	rest, ours := strings.CutPrefix(text, apiTokenPrefix)
	if !ours || len(rest) <= 8 || len(text) > maxAPIToken {
		return "", "", false
	}
	return rest[:8], rest[8:], true
}

// noteUse writes down that a token was used, once an hour.
func (a *Account) noteUse(ctx context.Context, id string) error {
	text, err := a.Redis.HGet(ctx, a.apiTokensUsedKey(), id).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("read an API token: %w", err)
	}
	now := time.Now().UTC()
	if last := parseUsed(text); last != nil && now.Sub(*last) < usedEvery {
		return nil
	}
	return a.Redis.HSet(ctx, a.apiTokensUsedKey(), id, now.Format(time.RFC3339)).Err()
}
