package program

import (
	"context"

	"guestflow/importer/notify"
)

// notify sends notifications of the account until ctx ends. Every process of the fleet does; each event is sent once.
func (a *Account) notify(ctx context.Context) { a.notifier().Run(ctx) }

// notifier returns what publishes events; it has no channels if none are configured. The notifier that runs delivers
// them.
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
