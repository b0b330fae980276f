package suppression

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Counts is how many addresses are suppressed.
type Counts struct {
	Total   int            `json:"total"`
	Reasons map[Reason]int `json:"reasons"`
	Lifted  int            `json:"lifted"` // are mailed again
}

// Count returns how many addresses are suppressed, by reason.
func (s *Set) Count(ctx context.Context) (Counts, error) {
	all, err := s.ledger.Redis().HGetAll(ctx, s.head()).Result()
	if err != nil {
		return Counts{}, fmt.Errorf("count the suppressed addresses: %w", err)
	}
	c := Counts{Reasons: map[Reason]int{}}
	for _, l := range letters {
		n, _ := strconv.Atoi(all["n"+string(l.letter)]) // written by us only; an absent field is 0
		switch {
		case l.reason == lifted:
			c.Lifted = n
		case n > 0:
			c.Reasons[l.reason], c.Total = n, c.Total+n
		}
	}
	return c, nil
}

// Ages is how many addresses are suppressed for how long, at the ends that Steps has and beyond the last.
type Ages [len(Steps) + 1]int

// Steps are the ages that are told apart.
var Steps = [...]time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour}

// bucketsAtOnce is how many buckets are read in a round trip, 30,000 addresses at most while they are compact.
const bucketsAtOnce = 256

// Age returns how old the suppressions are, by reason. It reads all of them, some buckets at a time.
func (s *Set) Age(ctx context.Context, now time.Time) (map[Reason]Ages, error) {
	ages := map[Reason]Ages{}
	for from := 0; from < buckets; from += bucketsAtOnce {
		some := make([]*redis.StringSliceCmd, bucketsAtOnce)
		_, err := s.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range some {
				n := from + i
				key := s.head() + ":" + hex.EncodeToString([]byte{byte(n >> 4), byte(n << 4)})[:3]
				some[i] = p.HVals(ctx, key)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look how old the suppressions are: %w", err)
		}
		for _, cmd := range some {
			for _, raw := range cmd.Val() {
				if e := decode(raw); e.Suppressed() {
					of := ages[e.Reason]
					of[step(now.Sub(e.Since))]++
					ages[e.Reason] = of
				}
			}
		}
	}
	return ages, nil
}

func step(age time.Duration) int {
	for i, end := range Steps {
		if age < end {
			return i
		}
	}
	return len(Steps)
}
