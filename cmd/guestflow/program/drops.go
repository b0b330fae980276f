package program

import (
	"context"
	"errors"
	"time"

	"guestflow/importer/notify"
	"guestflow/importer/remote"
)

// When a folder of the inbox last had a list is kept in Redis by whichever process watches it, so that every process of
// the fleet reports the same of it, also those that watch none, and a restart forgets nothing.

// dropsOf returns the account that keeps this of a profile's folder: its own, or the first one.
func (p *Program) dropsOf(profile string) *Account {
	of := p.accounts[0]
	for _, a := range p.accounts {
		if name := a.Settings.Profiles[profile].Account; name != "" && name == a.Settings.AccountName() {
			of = a
		}
	}
	return of
}

func (a *Account) drops() remote.Looks { return remote.NewDrops(a.Store.Client, a.Ledger.Prefix()) }

// expectDrops begins the time of folders that had no list yet.
func (p *Program) expectDrops(ctx context.Context, profiles []string) {
	for _, profile := range profiles {
		if a := p.dropsOf(profile); a.expected(profile) > 0 {
			a.noteDrops(ctx, profile, 0)
		}
	}
}

// noteDrop records that a folder had a list.
func (p *Program) noteDrop(ctx context.Context, profile string) {
	p.dropsOf(profile).noteDrops(ctx, profile, 1)
}

// noteTimeout is how long a note may hold up the files behind it.
const noteTimeout = 3 * time.Second

// noteDrops logs what it cannot record: it may cost a notification that is wrong, and no list.
func (a *Account) noteDrops(ctx context.Context, profile string, lists int) {
	ctx, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	if err := a.drops().Note(ctx, profile, lists, nil); err != nil && !errors.Is(err, context.Canceled) {
		a.Log.Warn("that a list was dropped is not recorded; list.missing may be reported of it", "profile", profile, "error",
			err)
	}
}

// expected is the longest time without a dropped list; 0 is any. A profile with a source expects its lists there.
func (a *Account) expected(profile string) time.Duration {
	if profile == "" {
		return a.expect
	}
	of, known := a.Settings.Profiles[profile]
	if !known || of.Source != "" {
		return 0
	}
	return of.Expected()
}

// dropTroubles are folders of the inbox that had no list for longer than is expected.
func (a *Account) dropTroubles(ctx context.Context) (list []notify.Trouble, err error) {
	drops, err := a.drops().Read(ctx)
	if err != nil {
		return nil, err
	}
	for profile, drop := range drops {
		if every := a.expected(profile); every > 0 && time.Since(drop.New) > every {
			list = append(list, dropMissing(profile, drop.New, every))
		}
	}
	return list, nil
}

func dropMissing(profile string, last time.Time, every time.Duration) notify.Trouble {
	if profile == "" {
		return missing("drop-", "the inbox", "The inbox", profile, last, every)
	}
	return missing("drop-"+profile, "the profile "+profile, "The folder of the profile "+profile+" in the inbox", profile,
		last, every)
}
