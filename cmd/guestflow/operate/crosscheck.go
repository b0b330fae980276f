package operate

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"guestflow/importer"
	"guestflow/importer/crosscheck"
	"guestflow/importer/formula"
	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// Crosscheck is how the guests that Qflow lists of an event compare with those that imports know.
type Crosscheck struct {
	Event  string `json:"event"`
	Import string `json:"import,omitempty"` // whose guests alone were looked at
	crosscheck.Counts
	Fields  map[string]int `json:"fields,omitempty"` // of guests who differ: in how many each field does
	Unnamed int            `json:"unnamed"`          // and how many of them in fields that cannot be named

	Settleable []ledger.Owner       `json:"-"` // rows of Evidence, at most maxSettled
	First      []crosscheck.Finding `json:"-"` // some of the findings, with guests' data
}

const (
	// listShare is the part of the rate limit that listing pages may use: a tenth, as emails matter more.
	listShare = 10

	// maxNamed is how many guests who differ are compared field by field, at a kilobyte each.
	maxNamed = 10_000

	// maxSettled is how many rows one command settles; the next finds the rest.
	maxSettled = 10_000

	// maxFirst is how many findings a page shows.
	maxFirst = 50

	// maxListTries is how often a page is asked for.
	maxListTries = 5
)

// Crosscheck asks Qflow for an event's guests, and compares them with those of an import, or of all for "". Findings
// are written to out as CSV, with guests' data; nil writes none. report is called with how far it is. Nothing is
// changed.
func (a *Account) Crosscheck(
	ctx context.Context, event, of string, out io.Writer, report func(Crosscheck),
) (c Crosscheck, err error) {
	x := &crosschecker{
		account: a, Crosscheck: Crosscheck{Event: guest.CanonicalID(event), Import: of, Fields: map[string]int{}},
		differing: map[string][]crosscheck.Finding{},
	}
	if out != nil {
		x.out = csv.NewWriter(out)
		if err := x.out.Write(findingColumns); err != nil {
			return x.Crosscheck, fmt.Errorf("write the findings: %w", err)
		}
	}
	x.check = crosscheck.New(a.Ledger, event, of, x.add)
	defer func() { err = errors.Join(err, x.check.Close()) }()
	for _, step := range []func(context.Context, func(Crosscheck)) error{x.list, x.compareRest, x.nameFields} {
		if err := step(ctx, report); err != nil {
			return x.result(), err
		}
	}
	if x.out != nil {
		x.out.Flush()
		err = x.out.Error()
	}
	return x.result(), err
}

type crosschecker struct {
	Crosscheck

	account   *Account
	check     *crosscheck.Check
	out       *csv.Writer                     // or nil
	differing map[string][]crosscheck.Finding // by import
	kept      int                             // of these
	missing   int                             // guests who are here only
}

// result is a copy, for a page shows it while the comparison goes on.
func (x *crosschecker) result() Crosscheck {
	x.Counts = x.check.Counts
	c := x.Crosscheck
	c.Fields, c.Settleable, c.First = maps.Clone(c.Fields), slices.Clone(c.Settleable), slices.Clone(c.First)
	return c
}

// add takes a finding. Of guests who differ it is not known yet in what.
func (x *crosschecker) add(f crosscheck.Finding) error {
	switch {
	case f.What == crosscheck.Differs && x.kept < maxNamed:
		x.kept++
		x.differing[f.Owner.Import] = append(x.differing[f.Owner.Import], f)
		return nil
	case f.What == crosscheck.Differs:
		x.Unnamed++
	case f.What == crosscheck.Evidence && len(x.Settleable) < maxSettled:
		x.Settleable = append(x.Settleable, f.Owner)
	}
	return x.write(f)
}

var findingColumns = []string{"found", "import", "row", "state", "differs_in", "guest_id", "first_name", "last_name",
	"email", "template", "correlation_id"}

func (x *crosschecker) write(f crosscheck.Finding) error {
	if f.What == crosscheck.HereOnly {
		x.missing++
	}
	// others are to be seen, too
	if len(x.First) < maxFirst && (f.What != crosscheck.HereOnly || x.missing <= maxFirst/2) {
		x.First = append(x.First, f)
	}
	if x.out == nil {
		return nil
	}
	row, state := "", ""
	if f.Owner.Import != "" {
		row, state = strconv.Itoa(f.Owner.Row), f.State.String()
	}
	cells := []string{string(f.What), f.Owner.Import, row, state, strings.Join(f.Fields, " "), f.Guest.ID,
		f.Guest.FirstName, f.Guest.LastName, f.Guest.Email, f.Guest.TemplateID, f.Guest.CorrelationID}
	for i, cell := range cells {
		cells[i] = formula.Guard(cell)
	}
	if err := x.out.Write(cells); err != nil {
		return fmt.Errorf("write the findings: %w", err)
	}
	return nil
}

// errSamePage ends the reading of a page that begins as the one before: Qflow knows no further ones.
var errSamePage = errors.New("the page is the one before")

// list asks for pages until one brings no guest that is new.
func (x *crosschecker) list(ctx context.Context, report func(Crosscheck)) error {
	var page qflow.GuestPage
	for first := ""; ; {
		before, isFirst := first, true
		next, ended, err := x.page(ctx, page, func(g qflow.Listed) error {
			if isFirst {
				if first, isFirst = g.ID, false; g.ID == before {
					return errSamePage
				}
			}
			if err := x.check.Add(ctx, g); err != nil {
				return err
			}
			if x.check.Listed%reportEvery == 0 {
				report(x.result())
			}
			return ctx.Err()
		})
		if err != nil || ended {
			return err
		}
		fresh, err := x.check.EndPage(ctx)
		report(x.result())
		if err != nil || fresh == 0 {
			return err
		}
		page = next
		if err := x.account.rest(ctx); err != nil {
			return err
		}
	}
}

// rest waits so long that pages use a tenth of the rate limit at most.
func (a *Account) rest(ctx context.Context) error {
	perMinute := a.Budget.Limits().API
	if perMinute == 0 {
		return nil
	}
	t := time.NewTimer(listShare * time.Minute / time.Duration(perMinute))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// page asks for a page within the budget, some times if need be; ended is true if there is none.
func (x *crosschecker) page(
	ctx context.Context, page qflow.GuestPage, each func(qflow.Listed) error,
) (next qflow.GuestPage, ended bool, err error) {
	a := x.account
	var out qflow.Outcome
	for range maxListTries {
		if out = a.Qflow.Prepare(ctx); out.Kind == qflow.NoToken { // then no slot is booked
			break
		}
		if err := a.Budget.Wait(ctx, nil, "commands", budget.API); err != nil {
			return next, false, err
		}
		var failed error // of each, which is no fault of Qflow's
		next, out = a.Qflow.ListGuests(ctx, x.Event, page, func(g qflow.Listed) error {
			failed = each(g)
			return failed
		})
		switch {
		case errors.Is(failed, errSamePage):
			return next, true, nil
		case failed != nil:
			return next, false, failed
		case out.Kind == qflow.Accepted:
			return next, false, nil
		case out.Kind == qflow.Refused && page != (qflow.GuestPage{}): // it knows no pages
			return next, true, nil
		case out.Kind == qflow.RateLimited:
			if _, _, err := a.Budget.Pause(ctx, out.Wait); err != nil {
				return next, false, err
			}
		case !again(out.Kind):
			return next, false, listError(out)
		}
		if err := ctx.Err(); err != nil {
			return next, false, err
		}
	}
	return next, false, listError(out)
}

// again reports whether a page may come if it is asked for once more.
func again(k qflow.Kind) bool {
	return k == qflow.Unauthorized || k == qflow.Transient || k == qflow.Ambiguous
}

func listError(out qflow.Outcome) error {
	return fmt.Errorf("the guests of the event cannot be listed, and nothing is said of who is missing: %w", out.Err())
}

// compareRest looks for guests that were not listed.
func (x *crosschecker) compareRest(ctx context.Context, report func(Crosscheck)) error {
	err := x.check.Finish(ctx)
	report(x.result())
	return err
}

// nameFields names the fields in which guests differ, by the files that their rows stand in.
func (x *crosschecker) nameFields(ctx context.Context, _ func(Crosscheck)) error {
	for _, id := range slices.Sorted(maps.Keys(x.differing)) {
		if err := x.nameFieldsOf(ctx, id, x.differing[id]); err != nil {
			return err
		}
	}
	return nil
}

func (x *crosschecker) nameFieldsOf(ctx context.Context, id string, findings []crosscheck.Finding) error {
	byRow := map[int]int{}
	for i, f := range findings {
		byRow[f.Owner.Row] = i
	}
	imp, err := x.account.Ledger.Import(ctx, id)
	if err == nil {
		left := len(findings)
		err = reread.EachGuest(ctx, imp, spool.Locate(imp.Source), func(row int, g qflow.Guest) bool {
			if i, is := byRow[row]; is {
				findings[i].Fields = crosscheck.Fields(g, findings[i].Guest)
				left--
			}
			return left > 0
		})
	}
	if _, file := errors.AsType[*importer.FileError](err); err != nil && !file && !errors.Is(err, fs.ErrNotExist) &&
		!errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	for _, f := range findings {
		if len(f.Fields) == 0 { // its file is gone, or is read otherwise by now
			x.Unnamed++
		}
		for _, name := range f.Fields {
			x.Fields[name]++
		}
		if err := x.write(f); err != nil {
			return err
		}
	}
	return nil
}

// SettleFound settles rows whose email is unknown as accepted: a crosscheck has shown that their call has made the
// guest, and a person has decided that its email went with it. A row that has moved since is left alone.
func (a *Account) SettleFound(ctx context.Context, who Actor, found []ledger.Owner) (settled int, err error) {
	byImport := map[string][]int{}
	for _, o := range found {
		byImport[o.Import] = append(byImport[o.Import], o.Row)
	}
	for _, id := range slices.Sorted(maps.Keys(byImport)) {
		err := a.Audited(ctx, who, "settle", id, rows(len(byImport[id]))+" unknown", func() (string, error) {
			n, err := a.settle(ctx, id, byImport[id])
			settled += n
			if err == nil && n == 0 {
				err = errUnchanged
			}
			return rows(n) + " accepted", err
		})
		if err != nil && !errors.Is(err, errUnchanged) {
			return settled, err
		}
	}
	return settled, nil
}

func (a *Account) settle(ctx context.Context, id string, numbers []int) (settled int, err error) {
	for _, n := range numbers {
		bytes, err := a.Ledger.RowBytes(ctx, id, n, n)
		if err != nil {
			return settled, err
		}
		if bytes[0].State() != ledger.Unknown || bytes[0].HasFlag(ledger.Tried) {
			continue
		}
		moved, _, err := a.Ledger.Move(ctx, id, []ledger.Move{{Row: n, To: ledger.Accepted, Clear: ledger.MaybeSent}})
		if err != nil {
			return settled, err
		}
		if moved[0].OK {
			settled++
		}
	}
	return settled, nil
}
