package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console/access"
)

const (
	// keyHeader carries a text by which a program may repeat a request without a second effect.
	keyHeader = "Idempotency-Key"

	// maxKey bounds it, in bytes.
	maxKey = 255

	// keyTTL is how long an answer is kept for repetitions.
	keyTTL = 24 * time.Hour
)

// keptAnswer is what is kept of the first request with a key. An import is found again by its id anyhow, whichever
// process was killed when: the answer is kept so that it stays the same, and the request so that a key is not used for
// another.
type keptAnswer struct {
	Request  string          `json:"request"` // a hash
	Status   int             `json:"status,omitempty"`
	Location string          `json:"location,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"` // without guests' data
}

// once answers a request whose key was used before as it was answered then.
func (c *call) once(ctx context.Context, got received, do func() (*answer, error)) (*answer, error) {
	key := c.Header.Get(keyHeader)
	if key == "" || got.DryRun {
		return do()
	}
	if len(key) > maxKey {
		return nil, wrong(keyHeader, fmt.Sprintf("It has more than %d bytes.", maxKey))
	}
	request, err := got.hash()
	if err != nil {
		return nil, err
	}
	at := c.Ledger.Prefix() + "api:once:" + hashOf(c.User.Name, key)
	kept, err := c.keep(ctx, at, keptAnswer{Request: request})
	if err != nil {
		return nil, err
	}
	if kept.Request != request {
		return nil, &access.Problem{Title: "Key used before", Status: http.StatusUnprocessableEntity, Parameter: keyHeader,
			Detail: "This " + keyHeader + " was used for another request. Use a new one for each."}
	}
	if kept.Status != 0 {
		c.w.Header().Set("Idempotent-Replayed", "true")
		return &answer{status: kept.Status, location: kept.Location, body: kept.Body}, nil
	}
	is, err := do()
	if err != nil {
		return nil, err
	}
	return is, c.keepAnswer(context.WithoutCancel(ctx), at, request, is)
}

// keep keeps an answer, unless there is one, and returns the one that is there then.
func (c *call) keep(ctx context.Context, at string, first keptAnswer) (kept keptAnswer, err error) {
	raw, err := json.Marshal(first)
	if err != nil {
		return kept, err
	}
	was, err := c.Redis.SetArgs(ctx, at, raw, redis.SetArgs{Mode: "NX", Get: true, TTL: keyTTL}).Result()
	if errors.Is(err, redis.Nil) { // it is the first
		return first, nil
	}
	if err != nil {
		return kept, fmt.Errorf("look for an earlier request: %w", err)
	}
	return kept, json.Unmarshal([]byte(was), &kept)
}

func (c *call) keepAnswer(ctx context.Context, at, request string, is *answer) error {
	body, err := json.Marshal(is.body)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(keptAnswer{Request: request, Status: max(is.status, http.StatusOK), Location: is.location,
		Body: body})
	if err != nil {
		return err
	}
	return c.Redis.Set(ctx, at, raw, keyTTL).Err()
}

// hash is of what is asked and of the list.
func (r received) hash() (string, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return "", fmt.Errorf("read a list again: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read a list again: %w", err)
	}
	asked, err := json.Marshal(r.order)
	return hashOf(hex.EncodeToString(sum.Sum(nil)), string(asked)), err
}

func hashOf(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%d %s", len(p), p)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
