package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/correction"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/listcheck"
	"guestflow/importer/personname"
	"guestflow/importer/rows"
	"guestflow/importer/sendwindow"
	"guestflow/importer/spec"
	"guestflow/importer/where"
)

// Settings say what a plan is of, and what it shows.
type Settings struct {
	spec.Spec

	// These change what a plan shows, and not what an import does.

	PreviewRows int  // how many rows a plan shows
	ShowValues  bool // a plan's findings show what is wrong; not for logs

	Compare    Compare             // finds what earlier imports have done; nil compares with nothing
	ledger     *ledger.Ledger      // has those imports; nil where there is only Compare
	Locate     func(string) string // where the file of an earlier import is by now; nil where it always is
	Suppressed Suppressed          // finds addresses that are not mailed any more; nil looks for none

	OtherLists *listcheck.OtherLists // that are given with this one and say that their guests are not meant; nil for none

	Keep bool // the plan keeps its rows in a temporary file, so that Run need not read the list again; it is to be closed

	sampled int // how many rows a plan looks at, where it is not all

	Progress func(Progress) // is called with how far a plan is, on the goroutine that makes it; may be nil
	Planned  func()         // is called when a plan is made, so that the whole file has been read; may be nil

	Hold  hold.Rules // what its import waits for
	Admit Admit      // is asked before an import begins; may be nil

	Given   time.Time                         // when the list came, where it may have waited since; the zero time is now
	GiveWay func(context.Context, Plan) error // returns why a new import waits for a list that came later; may be nil
}

// Admit may keep a new import from beginning: its error says why. first reports whether nothing was imported under its
// profile before.
type Admit func(ctx context.Context, p Plan, first func() (bool, error)) error

// Beside returns the settings of a plan that is compared with what earlier imports of an account have done.
func (s Settings) Beside(l *ledger.Ledger) Settings {
	s.Compare, s.ledger = guestindex.For(l).Compare, l
	return s
}

// comparison returns what compares the guests of one list.
func (s Settings) comparison() Compare {
	if s.Compare == nil || s.ledger == nil {
		return s.Compare
	}
	with := guestindex.For(s.ledger).Comparison()
	return func(ctx context.Context, guests []guestindex.Guest) ([]guestindex.Claimed, error) {
		claimed, err := with.Compare(ctx, guests)
		if err == nil {
			err = correction.Sift(ctx, s.ledger, guests, claimed)
		}
		return claimed, err
	}
}

// Compare says what a row would find if it were imported now, and writes nothing.
type Compare func(ctx context.Context, guests []guestindex.Guest) ([]guestindex.Claimed, error)

// Check returns what is wrong with a spec whatever the file.
func Check(s spec.Spec) error {
	_, zone := s.Location()
	return errors.Join(columns.CheckChosen(s.Mapping), personname.CheckSurname(s.Surname), s.CheckJointNames(), s.CheckMissingColumns(), guest.CheckDateLayout(s.Dates), rows.TableOptions(s.Reading).Check(), s.MaxRejects.Check(), checkRule(s.Where), zone,
		s.NearMisses.Check(), sendwindow.Check(s.SendWindow, s.Zone, s.OutsideWindow))
}

// checkRule returns what is wrong with the rule of the rows that are meant, whatever the file.
func checkRule(text string) error {
	if _, err := where.Parse(text); err != nil {
		return fmt.Errorf("the rule of the rows that are meant (where) cannot be read, %w", err)
	}
	return nil
}
