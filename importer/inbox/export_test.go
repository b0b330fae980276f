package inbox

import (
	"context"
	"time"
)

// Abandoned is how long the sign of a file in processing must lie untouched for the file to be taken over.
const Abandoned = abandoned

// AtOnce is how many files one inbox has in hand, and as many that are no larger than Small.
const (
	AtOnce = atOnce
	Small  = small
)

// Every sets the time between two looks.
func (b *Inbox) Every(d time.Duration) { b.every = d }

// AbandonAfter sets when a file in hand is taken over.
func (b *Inbox) AbandonAfter(d time.Duration) { b.abandoned = d }

// Look looks once and waits until what it took is put down again.
func (b *Inbox) Look(ctx context.Context) {
	b.look(ctx)
	b.inHand.Wait()
}

// Tidy writes reports and removes what is old, once.
func (b *Inbox) Tidy(ctx context.Context) { b.tidy(ctx) }
