package operate

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/google/uuid"

	"guestflow/importer"
	"guestflow/importer/ledger"
)

// Found is a row that a search found.
type Found struct {
	Import ledger.Import
	Row    int
	Line   int
	Mark   ledger.Mark
	Cells  []string
}

// Search is what a search for a guest found.
type Search struct {
	Found    []Found
	Files    int      // that were looked through
	Unread   []string // ids of imports whose file is no longer there, or not as it was
	TimedOut bool     // older imports were not looked at
}

const (
	// searchFor bounds a search: people look for a guest of these days. A file of 100,000 rows takes about a quarter of a second.
	searchFor = 4 * time.Second

	mostFound = 50
)

// FindGuest looks for a guest by id, email, barcode or name in the files of imports, the newest first. The ledger itself holds
// nothing by which a guest could be found but ids: that is what makes it fit to be shown.
func (a *Account) FindGuest(ctx context.Context, query string) (Search, error) {
	var s Search
	query = strings.TrimSpace(query)
	if id, err := uuid.Parse(query); err == nil {
		return a.findID(ctx, id)
	}
	if len([]rune(query)) < 2 {
		return s, refuse("two characters are too many guests; type more")
	}
	imports, err := a.Ledger.Imports(ctx, listed)
	if err != nil {
		return s, err
	}
	s.TimedOut = len(imports) == listed
	until := time.Now().Add(searchFor)
	seen := map[string]bool{} // files that were imported more than once
	for _, imp := range imports {
		if time.Now().After(until) || len(s.Found) >= mostFound {
			s.TimedOut = true
			break
		}
		if seen[imp.SHA256+imp.Event] {
			continue
		}
		seen[imp.SHA256+imp.Event] = true
		err := a.search(ctx, imp, query, until, &s)
		_, unread := errors.AsType[*importer.FileError](err)
		switch {
		case unread || errors.Is(err, fs.ErrNotExist):
			s.Unread = append(s.Unread, imp.ID)
		case err != nil:
			return s, err
		default:
			s.Files++
		}
	}
	return s, nil
}

// search looks through one file. A cell matches as a whole, and words of names one by one.
func (a *Account) search(ctx context.Context, imp ledger.Import, query string, until time.Time, s *Search) error {
	_, rows, done, err := importer.SourceSheet(imp.Source, imp.SHA256, imp.Sheet)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // only read
	for row, err := range rows {
		if err != nil {
			return err
		}
		if row.Row%1000 == 0 && (ctx.Err() != nil || time.Now().After(until)) {
			s.TimedOut = true
			return ctx.Err()
		}
		if !matches(row.Cells, query) {
			continue
		}
		marks, err := a.Ledger.Marks(ctx, imp.ID, row.Row, row.Row)
		if err != nil {
			return err
		}
		s.Found = append(s.Found, Found{Import: imp, Row: row.Row, Line: row.Line, Mark: marks[0], Cells: row.Cells})
		if len(s.Found) >= mostFound {
			s.TimedOut = true
			return nil
		}
	}
	return nil
}

func matches(cells []string, query string) bool {
	rest := strings.Fields(query)
	for _, cell := range cells {
		if strings.EqualFold(strings.TrimSpace(cell), query) {
			return true
		}
		if len(rest) > 0 && len(cell) < 200 && strings.EqualFold(strings.TrimSpace(cell), rest[0]) {
			rest = rest[1:] // "Ann Lee" in a column of first names and one of last names that follows
		}
	}
	return len(rest) == 0
}

// findID asks the guest index, for each event that imports were for.
func (a *Account) findID(ctx context.Context, id uuid.UUID) (Search, error) {
	var s Search
	if o, ours := ledger.ParseCorrelationID(a.Name(), id.String()); ours {
		err := a.found(ctx, o, &s)
		return s, err
	}
	imports, err := a.Ledger.Imports(ctx, listed)
	if err != nil {
		return s, err
	}
	asked := map[string]bool{}
	for _, imp := range imports {
		if asked[imp.Event] || imp.Event == "" {
			continue
		}
		asked[imp.Event] = true
		o, there, err := a.Ledger.Keeper(ctx, imp.Event, id)
		if err == nil && there {
			err = a.found(ctx, o, &s)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func (a *Account) found(ctx context.Context, o ledger.Owner, s *Search) error {
	imp, err := a.Ledger.Import(ctx, o.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	marks, err := a.Ledger.Marks(ctx, o.Import, o.Row, o.Row)
	if err == nil {
		s.Found = append(s.Found, Found{Import: imp, Row: o.Row, Mark: marks[0]})
	}
	return err
}
