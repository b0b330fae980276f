package program

import (
	"context"

	"guestflow/importer/notify"
)

// notifyOf tells of one account's changes until ctx ends. Every process looks; each change is told once.
func (a *Account) notifyOf(ctx context.Context) { a.notifier().Run(ctx) }

// notifier tells whoever is to be told, which may be nobody. What it is given, the one that runs delivers.
func (a *Account) notifier() *notify.Notifier {
	channels, err := a.Settings.Channels()
	if err != nil {
		channels = nil // checked when the settings were read
	}
	gates := func(ctx context.Context) ([]notify.ClosedGate, error) {
		closed, err := a.Gates.Closed(ctx)
		list := make([]notify.ClosedGate, len(closed))
		for i, c := range closed {
			list[i] = notify.ClosedGate{Gate: c.Name(), Since: c.Since, Code: c.Code, Meaning: c.Meaning()}
		}
		return list, err
	}
	return notify.New(a.Store.Client, a.Ledger, gates, channels, a.Log)
}
