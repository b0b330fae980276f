// Package spoolregistry says where the spools of an account are and how many files wait in each, so that a command
// finds the folder that a running program watches, and names those of other hosts.
//
// Each process that imports what is in a spool notes it now and then, in a hash in Redis. A file of the state folder
// would be known to one host only; and the folders themselves cannot be found from outside. What a process that ended
// has noted stays for a while: its files wait all the same.
package spoolregistry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

const (
	// NoteEvery is how often a process notes its spools.
	NoteEvery = 10 * time.Second
	// fresh is for how long a note says how it is: some that are lost or late change nothing.
	fresh = time.Minute
	// keep is how long a spool is known that no process has noted.
	keep = 30 * 24 * time.Hour
	// most bounds what is read; an account has some spools for each profile and host.
	most = 1000
)

// Place is a spool of an account, as a process has noted it.
type Place struct {
	Host    string    `json:"host"`
	Dir     string    `json:"dir"`
	Inbox   string    `json:"inbox,omitempty"` // the watched folder that it is in; "" for the account's own spool
	Waiting int       `json:"waiting"`         // files that wait for a person
	Timed   int       `json:"timed"`           // files that wait for their start time
	Noted   time.Time `json:"noted"`           // by Redis' clock

	age time.Duration
}

// Fresh reports whether a process noted it a moment ago.
func (p Place) Fresh() bool { return p.age < fresh }

// Registry is that of an account.
type Registry struct{ ledger *ledger.Ledger }

// For returns the registry beside an account's ledger.
func For(l *ledger.Ledger) Registry { return Registry{l} }

func (r Registry) key() string { return r.ledger.Prefix() + "spools" }

// Note notes how some spools are now.
func (r Registry) Note(ctx context.Context, places []Place) error {
	if len(places) == 0 {
		return nil
	}
	now, err := r.ledger.Now(ctx)
	if err != nil {
		return fmt.Errorf("note the spools of this process: %w", err)
	}
	fields := make([]any, 0, 2*len(places))
	for _, p := range places {
		p.Noted = now.UTC()
		text, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("encode a spool: %w", err)
		}
		fields = append(fields, field(p), text)
	}
	_, err = r.ledger.Redis().Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, r.key(), fields...)
		pipe.Expire(ctx, r.key(), keep)
		return nil
	})
	if err != nil {
		return fmt.Errorf("note the spools of this process: %w", err)
	}
	return nil
}

func field(p Place) string { return p.Host + "\x00" + p.Dir }

// List returns the spools that are known, by host and folder, and forgets those of long ago.
func (r Registry) List(ctx context.Context) (list []Place, err error) {
	all, err := r.ledger.Redis().HGetAll(ctx, r.key()).Result()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	now, err := r.ledger.Now(ctx)
	if err != nil {
		return nil, err
	}
	var old []string
	for name, text := range all {
		var p Place
		if json.Unmarshal([]byte(text), &p) != nil || field(p) != name {
			continue // of a later version
		}
		if p.age = now.Sub(p.Noted); p.age > keep {
			old = append(old, name)
			continue
		}
		list = append(list, p)
	}
	if len(old) > 0 {
		r.ledger.Redis().HDel(ctx, r.key(), old...) // else the next look does
	}
	slices.SortFunc(list, func(a, b Place) int { return strings.Compare(field(a), field(b)) })
	return list[:min(len(list), most)], nil
}
