package inbox

import (
	"context"
	"time"
)

// Abandoned is how long a file in processing must lie untouched to be taken over.
const Abandoned = abandoned

// Every sets the time between two looks.
func (b *Inbox) Every(d time.Duration) { b.every = d }

// Look looks once and waits until what it took is put down again.
func (b *Inbox) Look(ctx context.Context) {
	b.look(ctx)
	b.inHand.Wait()
}
