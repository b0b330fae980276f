package budget

import (
	"context"
	"time"
)

// Book asks for a slot as Wait does, and tells how long Wait would sleep.
func (b *Budget) Book(ctx context.Context, scopes ...Scope) (wait time.Duration, booked bool, err error) {
	got, err := b.ask(ctx, "book", 0, scopes)
	return got.wait, got.moment != 0, err
}

// AskRate is how many slots a second this process may ask for.
func (b *Budget) AskRate() float64 { return float64(askRate(int(b.zone.Load()))) }

const (
	Horizon = horizon
	Late    = late

	UnlimitedFor = unlimitedFor
)

// Earlier is a slot whose moment was so much before.
func Earlier(s Slot, d time.Duration) Slot {
	s.moment -= d.Microseconds()
	return s
}
