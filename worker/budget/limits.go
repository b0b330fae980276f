package budget

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// LimitChanges are limits that an operator sets for the whole fleet, over what its processes were started with; nil
// leaves one.
type LimitChanges struct {
	API   *int
	Email *int
}

// Where a limit in the hash of the address stands.
const (
	zoneLimit = "limit:zone"
	sendLimit = "limit:send"
)

// SetLimits changes limits while everything runs: each process follows with its next booking, or within unlimitedFor.
// They stay, however long the fleet does nothing.
func (b *Budget) SetLimits(ctx context.Context, c LimitChanges) error {
	b.limitAgain()
	_, err := b.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for name, limit := range map[string]*int{zoneLimit: c.API, sendLimit: c.Email} {
			if limit != nil {
				p.HSet(ctx, b.keys[0], name, *limit)
			}
		}
		p.Persist(ctx, b.keys[0])
		return nil
	})
	if err != nil {
		return fmt.Errorf("set the limits: %w", err)
	}
	return nil
}

// ResetLimits goes back to the limits that the processes were started with. The rest may expire again; each minute with
// a booking puts that off.
func (b *Budget) ResetLimits(ctx context.Context) error {
	_, err := b.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HDel(ctx, b.keys[0], zoneLimit, sendLimit)
		p.Expire(ctx, b.keys[0], time.Hour)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reset the limits: %w", err)
	}
	return nil
}

// State is what the budget looks like from outside.
type State struct {
	Egress      string        `json:"egress"`
	APILimit    int           `json:"rate_per_minute"`             // in force; 0 is no limit
	APISource   Source        `json:"rate_per_minute_source"`      //
	EmailLimit  int           `json:"send_rate_per_minute"`        // in force; 0 is no limit
	EmailSource Source        `json:"send_rate_per_minute_source"` //
	Throttle    float64       `json:"pace"`                        // share of the limits that is used now, < 1 after a 429
	Paused      time.Duration `json:"-"`                           // how much longer
	PausedUntil *time.Time    `json:"paused_until,omitempty"`      // by Redis' clock
	Accounts    []RetryBudget `json:"accounts"`                    // that have called from this address, this one first
}

// Source is where a limit comes from.
type Source string

// The sources.
const (
	FromConfig  Source = "configuration" // of the process that asks; another one may have another
	FromCommand Source = "command"       // SetLimits, for the whole fleet
)

// RetryBudget is an account's retry budget.
type RetryBudget struct {
	Account     string  `json:"account"`
	Tokens      float64 `json:"retry_tokens"` // of 100; one goes with each failed call
	CircuitOpen bool    `json:"braking"`      // they were used up: calls are made at a trickle until they succeed again
}

// full is a retry budget of which nothing is stored.
const full = 100

// CircuitOpen reports whether the calls of the account that asks are made at a trickle.
func (s State) CircuitOpen() bool { return s.Accounts[0].CircuitOpen }

// State reads it without booking anything.
func (b *Budget) State(ctx context.Context) (State, error) {
	shown, err := reserveScript.Run(ctx, b.redis, b.keys, "show").StringSlice()
	if err != nil {
		return State{}, fmt.Errorf("read the budget: %w", err)
	}
	s := State{Egress: b.cfg.Egress, Paused: time.Duration(number(shown[1])) * time.Microsecond,
		Throttle: number(shown[2])}
	if s.Paused > 0 {
		until := time.UnixMicro(int64(number(shown[0]))).Add(s.Paused).UTC()
		s.PausedUntil = &until
	}
	s.APILimit, s.APISource = inForce(shown[3], b.cfg.Limits.API)
	s.EmailLimit, s.EmailSource = inForce(shown[4], b.cfg.Limits.Email)
	s.Accounts = []RetryBudget{{Account: b.cfg.Account, Tokens: full}}
	for record := shown[5:]; len(record) > 0; record = record[3:] {
		h := RetryBudget{Account: record[0], Tokens: number(record[1]), CircuitOpen: record[2] == "1"}
		if h.Account == b.cfg.Account {
			s.Accounts[0] = h
			continue
		}
		s.Accounts = append(s.Accounts, h)
	}
	slices.SortFunc(s.Accounts[1:], func(a, b RetryBudget) int { return strings.Compare(a.Account, b.Account) })
	return s, nil
}

func inForce(set string, configured int) (int, Source) {
	if set == "" {
		return configured, FromConfig
	}
	return int(number(set)), FromCommand
}

func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64) // written by the script
	return n
}

// LimitText is a limit as it is shown, and as it is set.
func LimitText(n int) string {
	if n <= 0 {
		return NoLimit
	}
	return strconv.Itoa(n)
}

// NoLimit is the word for a limit that is lifted.
const NoLimit = "none"
