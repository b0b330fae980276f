package operate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/google/uuid"

	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
)

// Match is a row that a search found.
type Match struct {
	Import ledger.Import
	Row    int
	Line   int
	State  ledger.State
	Cells  []string
}

// Search is what a search for a guest has found, and how far it came.
type Search struct {
	Matches    []Match
	Files      int       // that were searched
	Rows       int       // in them, and in the one that is being searched
	Imports    int       // that these files are of, or that have none any more
	Total      int       // of all imports
	Oldest     time.Time // start of the oldest import that was searched
	Unreadable []string  // ids of imports whose file is gone or has changed
	Truncated  bool      // maxMatches was reached, and nothing further was searched
	TimedOut   bool      // older imports were not searched
}

const (
	// maxMatches is how many rows a search shows: a query with more matches is to be narrowed.
	maxMatches = 50

	// reportEvery is how many rows are read between two reports of progress: some hundredths of a second.
	reportEvery = 20_000

	// importsPerPage is how many imports are read from the ledger at a time.
	importsPerPage = 100
)

// FindGuest searches for a guest by id, email, barcode or name in the files of imports, the newest first, until all are
// searched or ctx has ended; at its deadline it returns what was found until then. tell is called with each match and
// in between. The ledger itself holds only ids of guests, which is why it may be shown to everyone.
func (a *Account) FindGuest(ctx context.Context, query string, tell func(Search)) (Search, error) {
	if err := CheckQuery(query); err != nil {
		return Search{}, err
	}
	query = strings.TrimSpace(query)
	if id, err := uuid.Parse(query); err == nil {
		return a.findID(ctx, id)
	}
	s := &search{account: a, query: query, words: strings.Fields(query), report: tell,
		seen: map[string][]report.SourceRow{}}
	err := s.imports(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		s.TimedOut, err = true, nil
	}
	return s.Search, err
}

// CheckQuery refuses a query that matches too many guests.
func CheckQuery(query string) error {
	if len([]rune(strings.TrimSpace(query))) < 2 {
		return refuse("type at least two characters: fewer match too many guests")
	}
	return nil
}

// search is a running search.
type search struct {
	Search

	account *Account
	query   string
	words   []string
	report  func(Search)
	seen    map[string][]report.SourceRow // the matches in each file, which may have been imported more than once
	found   []report.SourceRow            // those in the file that is being searched
}

// imports goes through them page by page, which imports that start meanwhile do not shift.
func (s *search) imports(ctx context.Context) error {
	for before := ""; !s.Truncated; {
		page, err := s.account.Ledger.Page(ctx, "", before, importsPerPage)
		if err != nil {
			return err
		}
		s.Total = page.Total
		for _, imp := range page.Imports {
			if err := s.file(ctx, imp); err != nil || s.Truncated {
				return err
			}
			s.Imports++
			s.Oldest = imp.Started
			s.report(s.Search)
		}
		if before = page.Older; before == "" {
			break
		}
	}
	return nil
}

// file searches the file of an import. One that was searched for another import of it has the same rows.
func (s *search) file(ctx context.Context, imp ledger.Import) error {
	r := imp.Reading
	key := fmt.Sprintf("%s %q %q %q %q %q %t", imp.SHA256, r.Sheet, r.Encoding, r.HeaderRow, r.Hidden, r.NoteRows,
		r.BlankRows)
	if rows, seen := s.seen[key]; seen {
		return s.addAll(ctx, imp, rows)
	}
	s.found = nil
	err := s.rows(ctx, imp)
	_, unread := errors.AsType[*importer.FileError](err)
	switch {
	case unread || errors.Is(err, fs.ErrNotExist):
		s.Unreadable = append(s.Unreadable, imp.ID)
	case err != nil:
		return err
	default:
		s.Files++
		s.seen[key] = s.found
	}
	return nil
}

func (s *search) addAll(ctx context.Context, imp ledger.Import, rows []report.SourceRow) error {
	for _, row := range rows {
		if row.Row > imp.Rows { // an import of a version before numbered them otherwise
			continue
		}
		if err := s.add(ctx, imp, row); err != nil || s.Truncated {
			return err
		}
	}
	return nil
}

// rows reads each row. Cells match as a whole, and the words of a name one by one.
func (s *search) rows(ctx context.Context, imp ledger.Import) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, rows, done, err := reread.SourceSheet(ctx, spool.Locate(imp.Source), imp.SHA256, imp.Reading)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // only read
	for row, err := range rows {
		if err != nil {
			return err
		}
		if s.Rows++; s.Rows%reportEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.report(s.Search)
		}
		if !s.matches(row.Cells) {
			continue
		}
		s.found = append(s.found, row)
		if err := s.add(ctx, imp, row); err != nil || s.Truncated {
			return err
		}
	}
	return nil
}

func (s *search) add(ctx context.Context, imp ledger.Import, row report.SourceRow) error {
	states, err := s.account.Ledger.RowBytes(ctx, imp.ID, row.Row, row.Row)
	if err != nil {
		return err
	}
	s.Matches = append(s.Matches, Match{Import: imp, Row: row.Row, Line: row.Line, State: states[0].State(),
		Cells: row.Cells})
	s.Truncated = len(s.Matches) >= maxMatches
	s.report(s.Search)
	return nil
}

func (s *search) matches(cells []string) bool {
	rest := s.words
	for _, cell := range cells {
		cell = strings.TrimSpace(cell)
		if strings.EqualFold(cell, s.query) {
			return true
		}
		if len(rest) > 0 && strings.EqualFold(cell, rest[0]) {
			rest = rest[1:] // "Ann Lee" in a column of first names and one of last names that follows
		}
	}
	return len(rest) == 0
}

// findID looks an id up in the guest index, for each event that has imports.
func (a *Account) findID(ctx context.Context, id uuid.UUID) (Search, error) {
	var s Search
	if o, ours := ledger.ParseCorrelationID(a.Name(), id.String()); ours {
		err := a.addMatch(ctx, o, &s)
		return s, err
	}
	imports, err := a.Ledger.Imports(ctx, maxListed)
	if err != nil {
		return s, err
	}
	searched := map[string]bool{}
	for _, imp := range imports {
		if searched[imp.Event] || imp.Event == "" {
			continue
		}
		searched[imp.Event] = true
		o, there, err := guestindex.For(a.Ledger).Owner(ctx, imp.Event, id)
		if err == nil && there {
			err = a.addMatch(ctx, o, &s)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func (a *Account) addMatch(ctx context.Context, o ledger.Owner, s *Search) error {
	imp, err := a.Ledger.Import(ctx, o.Import)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	states, err := a.Ledger.RowBytes(ctx, o.Import, o.Row, o.Row)
	if err == nil {
		s.Matches = append(s.Matches, Match{Import: imp, Row: o.Row, State: states[0].State()})
	}
	return err
}
