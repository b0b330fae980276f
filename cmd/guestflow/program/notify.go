package program

import (
	"context"
	"fmt"
	"time"

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
	n := notify.New(a.Store.Client, a.Ledger, gates, channels, a.Log)
	n.NameEvents(a.Settings.Events())
	for _, troubles := range a.troubles() {
		n.Watch(troubles)
	}
	return n
}

// troubles returns what finds the troubles that stand, by where it looks.
func (a *Account) troubles() map[string]func(context.Context) ([]notify.Trouble, error) {
	return map[string]func(context.Context) ([]notify.Trouble, error){
		"sign-in": a.signInTrouble, "sources": a.sourceTroubles, "inbox": a.dropTroubles, "schedules": a.scheduleTroubles,
	}
}

// signInTrouble is a sign-in that fails, for notifications.
func (a *Account) signInTrouble(ctx context.Context) ([]notify.Trouble, error) {
	s, err := a.Operate().SignIn(ctx)
	if err != nil || s == nil || !s.Standing(time.Now()) {
		return nil, err
	}
	serves := "Calls to Qflow wait until it succeeds; nothing is lost."
	if !s.Serves.IsZero() {
		serves = fmt.Sprintf("The token from before serves until %s; then calls to Qflow wait, and nothing is lost.",
			s.Serves.UTC().Format("2 January 2006, 15:04 MST"))
	}
	return []notify.Trouble{{
		Key: "sign-in", Since: s.Since,
		Begun: notify.Message{
			Kind: notify.SignInFailed, Title: fmt.Sprintf("Account %s cannot sign in: %s", s.Account, s.Text),
			Text:   fmt.Sprintf("Signing in at Qflow fails: %s.\n\n%s\n\nTo do: %s.\n", s.Text, serves, s.ToDo),
			Fields: map[string]any{"problem": s.Problem, "refused": s.Refused},
		},
		Over: notify.Message{
			Kind: notify.SignInRecovered, Title: fmt.Sprintf("Account %s can sign in again", s.Account),
			Text: "A sign-in at Qflow has succeeded; what waited goes out by itself.\nThere is nothing to do.\n",
		},
	}}, nil
}
