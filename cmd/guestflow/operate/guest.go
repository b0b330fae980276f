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

// Match is a row that a search found.
type Match struct {
	Import ledger.Import
	Row    int
	Line   int
	Mark   ledger.RowByte
	Cells  []string
}

// Search is what a search for a guest has found, and how far it came.
type Search struct {
	Matches    []Match
	Files      int       // that were looked through
	Rows       int       // in them, and in the one that is being looked through
	Imports    int       // whose files these are, or that have none any more
	Total      int       // imports there are
	Oldest     time.Time // when the oldest of those that were looked at was begun
	Unreadable []string  // ids of imports whose file is no longer there, or not as it was
	Truncated  bool      // as many were found as are shown, and nothing further was looked at
	TimedOut   bool      // its time is over, and older imports were not looked at
}

const (
	// maxMatches is how many rows a search shows: whoever has more is to ask for less.
	maxMatches = 50

	// reportEvery is how many rows pass between two words of a search: some hundredths of a second.
	reportEvery = 20_000

	// importsPerPage is how many imports are read from the books at a time.
	importsPerPage = 100
)

// FindGuest looks for a guest by id, email, barcode or name in the files of imports, the newest first, until all are looked
// through or ctx has ended; where that is its deadline, what was found until then is the answer. What is found is told as it is.
// The ledger itself holds nothing by which a guest could be found but ids: that is what makes it fit to be shown.
func (a *Account) FindGuest(ctx context.Context, query string, tell func(Search)) (Search, error) {
	if err := CheckQuery(query); err != nil {
		return Search{}, err
	}
	query = strings.TrimSpace(query)
	if id, err := uuid.Parse(query); err == nil {
		return a.findID(ctx, id)
	}
	s := &search{account: a, query: query, words: strings.Fields(query), report: tell, seen: map[string]bool{}}
	err := s.imports(ctx)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		s.TimedOut, err = true, nil
	}
	return s.Search, err
}

// CheckQuery refuses what would find everybody.
func CheckQuery(query string) error {
	if len([]rune(strings.TrimSpace(query))) < 2 {
		return refuse("two characters are too many guests; type more")
	}
	return nil
}

// search is one that goes on.
type search struct {
	Search

	account *Account
	query   string
	words   []string
	report  func(Search)
	seen    map[string]bool // files that were imported more than once
}

// imports goes through them page by page: new ones that begin meanwhile move nothing.
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

// file looks through the file of an import, if that was not done for another import of it.
func (s *search) file(ctx context.Context, imp ledger.Import) error {
	if s.seen[imp.SHA256+imp.Event] {
		return nil
	}
	s.seen[imp.SHA256+imp.Event] = true
	err := s.rows(ctx, imp)
	_, unread := errors.AsType[*importer.FileError](err)
	switch {
	case unread || errors.Is(err, fs.ErrNotExist):
		s.Unreadable = append(s.Unreadable, imp.ID)
	case err != nil:
		return err
	default:
		s.Files++
	}
	return nil
}

// rows looks at each. A cell matches as a whole, and words of names one by one.
func (s *search) rows(ctx context.Context, imp ledger.Import) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, rows, done, err := importer.SourceSheet(ctx, imp.Source, imp.SHA256, importer.TableOptions(imp.Reading))
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
		marks, err := s.account.Ledger.RowBytes(ctx, imp.ID, row.Row, row.Row)
		if err != nil {
			return err
		}
		s.Matches = append(s.Matches, Match{Import: imp, Row: row.Row, Line: row.Line, Mark: marks[0], Cells: row.Cells})
		s.report(s.Search)
		if s.Truncated = len(s.Matches) >= maxMatches; s.Truncated {
			return nil
		}
	}
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

// findID asks the guest index, for each event that imports were for.
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
	asked := map[string]bool{}
	for _, imp := range imports {
		if asked[imp.Event] || imp.Event == "" {
			continue
		}
		asked[imp.Event] = true
		o, there, err := a.Ledger.GuestOwner(ctx, imp.Event, id)
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
	marks, err := a.Ledger.RowBytes(ctx, o.Import, o.Row, o.Row)
	if err == nil {
		s.Matches = append(s.Matches, Match{Import: imp, Row: o.Row, Mark: marks[0]})
	}
	return err
}
