package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Look is how looking at a source has fared lately, for operators. What went wrong is in words of this package, which
// hold no secret.
type Look struct {
	OK     time.Time `json:"ok,omitzero"`     // the last look that succeeded
	Failed time.Time `json:"failed,omitzero"` // the first that failed after that
	Error  string    `json:"error,omitempty"` // of the last that failed
	New    time.Time `json:"new,omitzero"`    // when it last had a new list; the first look, until it has one
}

// Looks keeps that for the fleet, so that each process says the same, also after a restart. Two processes that look at
// the same time may write over each other: both have seen the same source.
type Looks struct {
	redis redis.UniversalClient
	key   string
}

// NewLooks returns the looks of an account.
func NewLooks(client redis.UniversalClient, prefix string) Looks {
	return Looks{redis: client, key: prefix + "sources"}
}

// NewDrops returns when the folders of an account's inbox last had a list, likewise by profile; "" is the inbox itself.
// They are kept apart from sources: nothing looks at them from afar, so that they cannot fail.
func NewDrops(client redis.UniversalClient, prefix string) Looks {
	return Looks{redis: client, key: prefix + "drops"}
}

// longestError bounds what is kept of an error.
const longestError = 500

// Note records a look at the source of a profile, and how many new lists it brought.
func (l Looks) Note(ctx context.Context, profile string, fresh int, failed error) error {
	all, err := l.Read(ctx)
	if err != nil {
		return err
	}
	now, look := time.Now().UTC(), all[profile]
	switch {
	case failed == nil:
		look.OK, look.Failed, look.Error = now, time.Time{}, ""
	case look.Failed.IsZero():
		look.Failed = now
	}
	if failed != nil {
		text := []rune(failed.Error())
		look.Error = string(text[:min(len(text), longestError)])
	}
	if fresh > 0 || look.New.IsZero() {
		look.New = now
	}
	raw, err := json.Marshal(look)
	if err == nil {
		err = l.redis.HSet(ctx, l.key, profile, raw).Err()
	}
	if err != nil {
		return fmt.Errorf("record a look at the source of %s: %w", profile, err)
	}
	return nil
}

// Read returns the looks by profile.
func (l Looks) Read(ctx context.Context) (map[string]Look, error) {
	raw, err := l.redis.HGetAll(ctx, l.key).Result()
	if err != nil {
		return nil, fmt.Errorf("read how sources fare: %w", err)
	}
	looks := map[string]Look{}
	for profile, text := range raw {
		var look Look
		if json.Unmarshal([]byte(text), &look) == nil { // else it is of a later version
			looks[profile] = look
		}
	}
	return looks, nil
}
