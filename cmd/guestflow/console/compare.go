package console

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/crosscheck"
	"guestflow/importer/ledger"
)

const (
	// maxComparisons is how many lists of Qflow are read at a time: each uses a tenth of the rate limit at most.
	maxComparisons = 1

	// compareTimeout bounds one: a million guests in pages of a hundred take 100 minutes at a tenth of 1000 calls a
	// minute, which is for the command line.
	compareTimeout = 15 * time.Minute

	// compareTTL is how long its result is kept.
	compareTTL = 15 * time.Minute
)

// compareShown is the page of a comparison with Qflow.
type compareShown struct {
	Import ledger.Import
	Begun  bool
	jobState[operate.Crosscheck]
	Lines  []compareLine
	Fields []fieldCount
	Rows   []crosscheck.Finding // with guests' data only for those who may see it
}

// compareLine is one count with what it is.
type compareLine struct {
	Guests int
	Text   string
}

// fieldCount is in how many guests a field differs.
type fieldCount struct {
	Field  string
	Guests int
}

func compareName(r *request, id string) string { return strings.Join([]string{r.Name(), id}, "\x00") }

// comparePage shows how an import's guests compare with those that Qflow lists, if that was begun.
func (s *Site) comparePage(ctx context.Context, r *request) (page, error) {
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	shown := compareShown{Import: imp}
	p := page{Template: "compare", Title: "Compare with Qflow"}
	if k := s.previews.comparisons.find(compareName(r, imp.ID)); k != nil {
		shown.Begun = true
		if shown.jobState, err = s.previews.comparisons.wait(ctx, k, pageWait); err != nil {
			return page{}, err
		}
		p.follows(r, shown.Done)
	}
	shown.fill(r.User.Guests)
	p.Data = shown
	return p, nil
}

// fill makes lines of what was counted.
func (c *compareShown) fill(guests bool) {
	so := c.SoFar
	for _, line := range []compareLine{
		{so.Same, "there and here, and alike"}, {so.Differs, "there and here, with other data"},
		{so.Moving, "there, and their rows still move"}, {so.Unexpected, "there, though their rows came to nothing"},
		{so.Evidence, "there, with an unknown email, and made by the call that asked for it"},
		{so.Unproven, "there, with an email that stays unknown: a guest who is there proves none"},
		{so.ThereOnly, "there only: no import knows them"}, {so.HereOnly, "here only: created, and not listed"},
		{so.OtherImport, "there, of other imports"},
	} {
		if line.Guests > 0 {
			c.Lines = append(c.Lines, line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(so.Fields)) {
		c.Fields = append(c.Fields, fieldCount{name, so.Fields[name]})
	}
	if so.Unnamed > 0 {
		c.Fields = append(c.Fields, fieldCount{"not known in what", so.Unnamed})
	}
	for _, f := range so.First {
		if !guests {
			f.Guest.Guest = crosscheck.WithoutData(f.Guest.Guest)
		}
		c.Rows = append(c.Rows, f)
	}
	slices.SortStableFunc(c.Rows, func(a, b crosscheck.Finding) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Owner.Row, b.Owner.Row))
	})
}

// compare begins a comparison, or another one. It uses the account's rate limit, so that it needs the operator right.
func (s *Site) compare(ctx context.Context, r *request) (next, flash string, err error) {
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err != nil {
		return "", "", err
	}
	if imp.Event == "" {
		return "", "", &problem{http.StatusUnprocessableEntity, "The rows name their events",
			"Compare each event by: guestflow reconcile --event EVENT --import " + imp.ID}
	}
	name := compareName(r, imp.ID)
	s.previews.comparisons.forget(name)
	account := r.Account
	_, err = s.previews.comparisons.start(name, operate.Crosscheck{},
		func(ctx context.Context, report func(operate.Crosscheck)) error {
			found, err := account.Crosscheck(ctx, imp.Event, imp.ID, nil, report)
			report(found)
			return err
		})
	return r.at("imports", imp.ID, "qflow"), "", err
}

// settleFound settles the rows of a comparison whose own call has made the guest.
func (s *Site) settleFound(ctx context.Context, r *request) (next, flash string, err error) {
	id := r.PathValue("id")
	name := compareName(r, id)
	k := s.previews.comparisons.find(name)
	if k == nil || !k.finished() {
		return "", "", &problem{http.StatusConflict, "Nothing was settled",
			"The comparison is no longer kept. Compare again."}
	}
	so, err := s.previews.comparisons.wait(ctx, k, 0)
	if err != nil {
		return "", "", err
	}
	if r.PostFormValue("rows") != strconv.Itoa(len(so.SoFar.Settleable)) {
		return "", "", &problem{http.StatusConflict, "Nothing was settled", "The rows are others by now. Look again."}
	}
	n, err := r.SettleFound(ctx, r.actor(), so.SoFar.Settleable)
	s.previews.comparisons.forget(name)
	return r.at("imports", id), counting(n, "row") + " settled as accepted.", err
}
