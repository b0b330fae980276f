package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/guest"
	"guestflow/importer/plural"
	"guestflow/importer/suppression"
)

// suppressedTarget is what the audit log calls the list: an entry names no address.
const suppressedTarget = "suppressed addresses"

// Suppressions is what may be shown of the addresses that are not mailed any more.
type Suppressions struct {
	suppression.Counts
	Ages map[suppression.Reason]suppression.Ages `json:"ages"` // by the ends of Steps
}

// Suppressions counts the addresses that are not mailed any more, by reason and age.
func (a *Account) Suppressions(ctx context.Context) (s Suppressions, err error) {
	set := suppression.For(a.Ledger)
	if s.Counts, err = set.Count(ctx); err != nil {
		return s, err
	}
	if s.Total == 0 {
		return s, nil
	}
	now, err := a.Ledger.Now(ctx)
	if err == nil {
		s.Ages, err = set.Age(ctx, now)
	}
	return s, err
}

// Suppressed returns what is kept of an address.
func (a *Account) Suppressed(ctx context.Context, address string) (suppression.Entry, error) {
	address, err := checkedAddress(address)
	if err != nil {
		return suppression.Entry{}, err
	}
	entries, err := suppression.For(a.Ledger).Check(ctx, address)
	if err != nil {
		return suppression.Entry{}, err
	}
	return entries[0], nil
}

// checkedAddress returns an address as a guest would have it. The error does not quote it.
func checkedAddress(text string) (string, error) {
	address, is := guest.Address(text)
	if !is {
		return "", refuse("this is not an email address such as name@example.com")
	}
	return address, nil
}

// Suppress has addresses not mailed any more, for a reason.
func (a *Account) Suppress(
	ctx context.Context, who Actor, why suppression.Reason, addresses ...string,
) (added suppression.Added, err error) {
	checked := make([]string, len(addresses))
	for i, text := range addresses {
		if checked[i], err = checkedAddress(text); err != nil {
			return added, refuse("the address in place %d is none such as name@example.com; nothing was added", i+1)
		}
	}
	err = a.suppress(ctx, who, "", func() error {
		added, err = suppression.For(a.Ledger).AddFor(ctx, why, checked...)
		return err
	}, &added)
	return added, err
}

// SuppressList has the addresses of a file not mailed any more. The file is read to its end before any is added.
func (a *Account) SuppressList(ctx context.Context, who Actor, why suppression.Reason, l suppression.List,
	name string) (found suppression.Listed,
	added suppression.Added, err error) {
	if found, err = l.Read(ctx, func([]string) error { return nil }); err != nil {
		return found, added, err
	}
	set := suppression.For(a.Ledger)
	err = a.suppress(ctx, who, " of "+name, func() error {
		_, err := l.Read(ctx, func(some []string) error {
			n, err := set.AddFor(ctx, why, some...)
			added.New, added.Already = added.New+n.New, added.Already+n.Already
			return err
		})
		return err
	}, &added)
	return found, added, err
}

func (a *Account) suppress(ctx context.Context, who Actor, of string, do func() error, added *suppression.Added) error {
	before, err := suppression.For(a.Ledger).Count(ctx)
	if err != nil {
		return err
	}
	return a.Audited(ctx, who, "suppress", suppressedTarget, fmt.Sprintf("%d suppressed", before.Total),
		func() (string, error) {
			err := do()
			if err == nil && added.New == 0 {
				err = errUnchanged
			}
			return plural.Of(added.New, "address", "addresses") + of + " added", err
		})
}

// Lift has an address mailed again, and returns why it was not. It is refused for an address that is mailed.
func (a *Account) Lift(ctx context.Context, who Actor, address string) (before suppression.Entry, err error) {
	if address, err = checkedAddress(address); err != nil {
		return before, err
	}
	now, err := a.Suppressed(ctx, address)
	if err != nil {
		return before, err
	}
	if !now.Suppressed() {
		return before, refuse("the address is not suppressed; there is nothing to lift")
	}
	err = a.Audited(ctx, who, "suppress lift", suppressedTarget, entryText(now), func() (string, error) {
		before, err = suppression.For(a.Ledger).Lift(ctx, address)
		return "mailed again", err
	})
	return before, err
}

// entryText is why an address is suppressed, such as "bounced on 2026-03-05".
func entryText(e suppression.Entry) string {
	return string(e.Reason) + " on " + e.Since.Local().Format(time.DateOnly)
}

// SuppressedText is what is kept of an address, in a sentence.
func SuppressedText(e suppression.Entry) string {
	switch {
	case e.Suppressed():
		return "The address is not mailed: " + entryText(e) + "."
	case !e.Lifted.IsZero():
		return "The address is mailed; its suppression was lifted on " + e.Lifted.Local().Format(time.DateOnly) + "."
	}
	return "The address is mailed; it is not suppressed. Only a guest who has said no at another one that he had is not mailed here either."
}
