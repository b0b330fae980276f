package console

import (
	"context"
	"time"
)

// Tidy removes what is outdated by then.
func Tidy(ctx context.Context, a *Account, now time.Time) error { return a.tidy(ctx, now) }
