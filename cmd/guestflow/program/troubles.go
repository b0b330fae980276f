package program

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/notify"
	"guestflow/importer/remote"
)

// sourceFailsAfter is how long a source fails until it is notified of: servers are restarted.
const sourceFailsAfter = 5 * time.Minute

// sourceTroubles are sources that cannot be read, and those that had no new list for longer than their profile expects.
func (a *Account) sourceTroubles(ctx context.Context) (list []notify.Trouble, err error) {
	looks, err := remote.NewLooks(a.Store.Client, a.Ledger.Prefix()).Read(ctx)
	if err != nil {
		return nil, err
	}
	for name, look := range looks {
		p, known := a.Settings.Profiles[name]
		if !known || p.Source == "" {
			continue
		}
		if !look.Failed.IsZero() && time.Since(look.Failed) >= sourceFailsAfter {
			list = append(list, sourceFailed(name, look))
		}
		if every := p.Expected(); every > 0 && time.Since(look.New) > every {
			list = append(list, listMissing(name, look, every))
		}
	}
	return list, nil
}

func sourceFailed(profile string, look remote.Look) notify.Trouble {
	return notify.Trouble{
		Key: "source-" + profile, Since: look.Failed,
		Begun: notify.Message{
			Kind: notify.SourceFailed, Title: "The source of the profile " + profile + " cannot be read",
			Text: fmt.Sprintf("The source of the profile %s cannot be read since %s: %s.\n\nNo list of it is imported until it can be; it is "+
				"tried again by itself.\nTo look at it now: guestflow schedules, or guestflow doctor.\n", profile, utc(look.Failed),
				look.Error),
			Fields: map[string]any{"profile": profile},
		},
		Over: notify.Message{
			Kind: notify.SourceRecovered, Title: "The source of the profile " + profile + " can be read again",
			Text: "There is nothing to do.\n", Fields: map[string]any{"profile": profile},
		},
	}
}

func listMissing(profile string, look remote.Look, every time.Duration) notify.Trouble {
	return missing("list-"+profile, "the profile "+profile, "The source of the profile "+profile, profile, look.New, every)
}

// missing is that a place had no new list for longer than is expected of it.
func missing(key, of, place, profile string, last time.Time, every time.Duration) notify.Trouble {
	fields := map[string]any{"profile": profile}
	return notify.Trouble{
		Key: key, Since: last,
		Begun: notify.Message{
			Kind: notify.ListMissing, Title: fmt.Sprintf("No new list for %s for %s", of, every), Fields: fields,
			Text: fmt.Sprintf("%s had its last new list at %s, and expect_every is %s.\n\nAsk who puts the lists there.\n",
				place, utc(last), every),
		},
		Over: notify.Message{Kind: notify.ListArrived, Title: "There is a new list for " + of,
			Text: "There is nothing to do.\n", Fields: fields},
	}
}

// scheduleTroubles are schedules whose last run has failed.
func (a *Account) scheduleTroubles(ctx context.Context) (list []notify.Trouble, err error) {
	states, err := a.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if s.Last == nil || !s.Last.Failed {
			continue
		}
		list = append(list, notify.Trouble{
			Key: "schedule-" + s.Profile, Since: s.Last.Tick,
			Begun: notify.Message{
				Kind: notify.ScheduleFailed, Title: "The scheduled import " + s.Profile + " has failed",
				Text: fmt.Sprintf("The run of %s has failed: %s.\n\nThe next one is at %s.\nTo run it now: guestflow schedules run %s\n",
					utc(s.Last.Tick), s.Last.Text, utc(s.Next), s.Profile),
				Fields: map[string]any{"profile": s.Profile},
			},
			Over: notify.Message{
				Kind: notify.ScheduleRecovered, Title: "The scheduled import " + s.Profile + " works again",
				Text: "There is nothing to do.\n", Fields: map[string]any{"profile": s.Profile},
			},
		})
	}
	return list, nil
}

// noteLook records a look at the source for operators. That it cannot be recorded is no failure of the look.
func (f *feed) noteLook(ctx context.Context, fresh int, failed error) {
	if ctx.Err() != nil {
		return
	}
	if err := remote.NewLooks(f.app.Store.Client, f.app.Ledger.Prefix()).Note(ctx, f.name, fresh, failed); err != nil {
		f.app.Log.Debug("a look at a source is not recorded", "profile", f.name, "error", err)
	}
}

func utc(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04 MST") }
