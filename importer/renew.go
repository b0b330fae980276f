package importer

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/rows"
)

// isAging reports whether half of the time is over for which the guests of a finished import are known.
func (im *Importer) isAging(imp ledger.Import) bool {
	return imp.Done() && time.Since(imp.Finished) > im.ledger.Retention()/2
}

// renewedTogether is how many rows are read and renewed together.
const renewedTogether = 256

// renew keeps the guests of a finished import known: its list has come again unchanged, as a nightly one does, and says
// that they are still meant. Otherwise they would be new to the first list that is changed after the retention.
func (im *Importer) renew(ctx context.Context, p Plan, imp ledger.Import) error {
	f, err := rows.OpenFile(ctx, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	p.Settings.BlankRows = imp.BlankRows
	r, err := rows.Open(ctx, p.Path, f, rows.Options{Spec: p.Settings.Spec})
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	index := guestindex.For(im.ledger)
	for more := true; more; {
		var some []*rows.Row
		if some, more, err = rows.Take(ctx, r, renewedTogether); err != nil {
			return err
		}
		if err := index.Renew(ctx, indexed(some)); err != nil {
			return fmt.Errorf("renew the guests of import %s: %w", imp.ID, err)
		}
	}
	return nil
}

// indexed returns the guests of some rows, as the index has them.
func indexed(list []*rows.Row) (guests []guestindex.Guest) {
	for _, r := range list {
		if r.IsGuest() {
			guests = append(guests, r.Indexed())
		}
	}
	return guests
}
