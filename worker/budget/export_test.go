package budget

import (
	"context"
	"time"
)

// Book asks for a slot as Wait does, and tells how long Wait would sleep.
func (b *Budget) Book(ctx context.Context, scopes ...Scope) (wait time.Duration, booked bool, err error) {
	return b.reserve(ctx, scopes)
}

// AskRate is how many slots a second this process may ask for.
func (b *Budget) AskRate() float64 { return float64(b.local.Limit()) }

const (
	Horizon = horizon
	Late    = late
)
