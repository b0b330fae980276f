package importer

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// isAging reports whether half of the time is over for which the guests of a finished import are known.
func (im *Importer) isAging(imp ledger.Import) bool {
	return imp.Done() && time.Since(imp.Finished) > im.ledger.Retention()/2
}

// renew keeps the guests of a finished import known: its list has come again unchanged, as a nightly one does, and says
// that they are still meant. Otherwise they would be new to the first list that is changed after the retention.
func (im *Importer) renew(ctx context.Context, p Plan, imp ledger.Import) error {
	f, err := openFile(ctx, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	p.Settings.BlankRows = imp.BlankRows
	r, err := p.Settings.rows(ctx, p.Path, f)
	if err != nil {
		return err
	}
	defer r.close() //nolint:errcheck // only temporary files
	index := guestindex.For(im.ledger)
	for more := true; more; {
		var rows []row
		if rows, more, err = take(ctx, r, readRows); err != nil {
			return err
		}
		if err := index.Renew(ctx, indexed(rows)); err != nil {
			return fmt.Errorf("renew the guests of import %s: %w", imp.ID, err)
		}
	}
	return nil
}

// indexed returns the guests of some rows, as the index has them.
func indexed(rows []row) (guests []guestindex.Guest) {
	for _, r := range rows {
		if r.isGuest() {
			guests = append(guests, r.guest())
		}
	}
	return guests
}
