package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/listcheck"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/rowstatus"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/qflow"
)

// Plan is what an import of a file would do. Making one writes nothing anywhere.
type Plan struct {
	Path       string              `json:"path"`
	SHA256     string              `json:"sha256"`
	Import     string              `json:"import"` // the id that the import has, or would have
	Format     table.Format        `json:"format"`
	Columns    Columns             `json:"columns"`
	Preview    []PreviewRow        `json:"preview,omitempty"`
	Rows       int                 `json:"rows"`
	Rejected   int                 `json:"rejected"`
	Filtered   int                 `json:"filtered"` // rows that the rule of the settings leaves out
	Codes      map[guest.Code]int  `json:"codes"`
	Warned     int                 `json:"warned"`   // good rows with a warning
	Warnings   map[guest.Code]int  `json:"warnings"` // how many of each
	Guests     int                 `json:"guests"`
	Emails     int                 `json:"emails"`
	Calls      int                 `json:"calls"` // requests to Qflow, at least
	Compared   *Compared           `json:"compared,omitempty"`
	Missing    *MissingColumns     `json:"missing_columns,omitempty"`
	Near       *NearMisses         `json:"near_misses,omitempty"`
	Gone       *Gone               `json:"gone,omitempty"`
	GivenAgain *GivenAgain         `json:"given_again,omitempty"`
	Namesakes  *Namesakes          `json:"namesakes,omitempty"`
	Again      int                 `json:"again,omitempty"`        // of Guests, those who have had the email, or are to get it, and get it again (Resend)
	Unsent     *AgainUnsent        `json:"again_unsent,omitempty"` // of Again, those whose first email has not left
	Suppressed Withheld            `json:"suppressed,omitempty"`
	Events     []string            `json:"events"`
	Templates  []string            `json:"templates"` // as event/template pairs would be too many to ask for, per event below
	Uses       map[string][]string `json:"-"`         // event to its templates

	TemplateNames map[string]string `json:"template_names,omitempty"` // by id, as far as Qflow was asked

	Settings Settings        `json:"-"`
	Findings []PlacedFinding `json:"findings"` // the first ones
	Notices  []PlacedFinding `json:"notices"`  // the first warnings

	Statuses []rowstatus.ColumnCounts `json:"-"` // what columns say of whether rows are meant; guests' data
	Meant    []string                 `json:"-"` // of columns by which every row is
	Notes    []string                 `json:"-"` // of what a workbook shows that is in no cell

	Undecided []rowstatus.Undecided `json:"-"` // columns of a few texts that decide nothing; guests' data

	questions []FileError // that a person has to answer before anything is imported
	shown     *spec.Spec  // by which the file is to be read, as its rows have shown
	decisions decisions   // about rows that are like a known guest
	misnamed  []int       // rows that are said to be guests whom they are not like
	begun     bool        // its import is there
	otherwise string      // what tells guests apart otherwise than before
	kept      *rows.Kept  // its rows; nil where they are to be read again
	filled    filledFields
	takesFrom []string // the first imports whose emails have not left and go as this list has their guests
}

// PlacedFinding is a finding with its row and line.
type PlacedFinding struct {
	Row    int        `json:"row"`
	Line   int        `json:"line"`
	Column string     `json:"column,omitempty"`
	Code   guest.Code `json:"code"`
	Text   string     `json:"text"`
	Value  string     `json:"value,omitempty"` // the cell, shortened, where the settings ask for it
}

// PreviewRow is a row as the file has it and as it was understood.
type PreviewRow struct {
	Row      int               `json:"row"`
	Line     int               `json:"line"`
	Cells    []string          `json:"cells"`
	Fields   map[string]string `json:"fields,omitempty"`   // what is not empty
	Codes    []guest.Code      `json:"codes,omitempty"`    // of findings and warnings
	Filtered bool              `json:"filtered,omitempty"` // the rule of the settings leaves it out
}

// maxFindings is how many a plan lists; the report has all of them.
const maxFindings = 20

// MakePlan reads a file to its end and says what an import would do, or gives a *FileError. Planning the
// whole file before it is imported is what lets a person be asked first, and a broken file be refused whole. What only the whole file shows, such as
// whether its dates have the day first, has it read once more.
func MakePlan(ctx context.Context, path string, s Settings) (Plan, error) {
	p, err := s.planShown(ctx, path)
	return s.answerAtOnce(ctx, path, p, err)
}

// planShown plans with what the file itself has shown.
func (s Settings) planShown(ctx context.Context, path string) (Plan, error) {
	p, err := makePlan(ctx, path, s)
	if err != nil || p.shown == nil {
		return p, err
	}
	p.Close()
	s = p.Settings
	s.Spec = *p.shown
	return makePlan(ctx, path, s)
}

func makePlan(ctx context.Context, path string, s Settings) (_ Plan, err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	s.Spec = rows.CanonicalIDs(s.Spec)
	f, err := rows.OpenFile(ctx, path)
	if err != nil {
		return Plan{}, err
	}
	defer f.Close()
	hash, read := sha256.New(), &byteCounter{}
	r, err := rows.Open(ctx, path, io.TeeReader(f, io.MultiWriter(hash, read)), rows.Options{Spec: s.Spec, Cells: s.PreviewRows, Reuse: true})
	if err != nil {
		return Plan{}, err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	far := s.progressReporter(r, read)
	if s.AnySheet && !r.File.HasSheets() {
		s.Sheet = "" // it is the same import, whether a sheet is named for others or not
	}
	p := newPlanner(Plan{
		Path: path, Columns: r.Columns, Codes: map[guest.Code]int{}, Warnings: map[guest.Code]int{}, Uses: map[string][]string{}, Settings: s,
	}, r.Seen)
	p.check = listcheck.New(path, r.File, &p.Columns, s.Spec, s.OtherLists)
	defer p.close()
	if err := p.findLast(ctx); err != nil {
		return Plan{}, err
	}
	var kept *rows.Kept
	if s.Keep {
		kept = rows.Keep(s.Spec)
	}
	defer func() {
		if err != nil {
			kept.Close()
		}
	}()
	for ctx.Err() == nil {
		row, err := r.Next()
		if errors.Is(err, io.EOF) || err == nil && s.sampled > 0 && p.Rows == s.sampled {
			p.Format, p.Notes = r.File.Format(), r.File.Notes()
			p.finish(hex.EncodeToString(hash.Sum(nil)))
			if err := p.endCompare(ctx); err != nil {
				return Plan{}, err
			}
			if s.Planned != nil {
				s.Planned()
			}
			p.kept = kept.Finish()
			return p.Plan, nil
		}
		if err != nil {
			return Plan{}, err
		}
		if kept != nil && !kept.Add(row) {
			kept.Close()
			kept = nil
		}
		if err := p.add(row); err != nil {
			return Plan{}, err
		}
		if err := p.startCompare(ctx, compareEvery); err != nil {
			return Plan{}, err
		}
		far(p.Rows)
	}
	return Plan{}, ctx.Err()
}

// WithAgain returns the plan of the import that the same file has under another Again.
func (p Plan) WithAgain(again string) Plan {
	p.Settings.Again = again
	p.Import = p.Settings.ImportID(p.SHA256)
	return p
}

// SameAs reports whether an import is of the plan's file and settings, perhaps with another Again, and returns the plan
// with that.
func (p Plan) SameAs(i ledger.Import) (Plan, bool) {
	if i.SHA256 != p.SHA256 {
		return p, false
	}
	again := i.Again
	if again == "" {
		again = i.ResendMark // older records have only this one
	}
	same := p.WithAgain(again)
	return same, same.Import == i.ID
}

// checkUnchanged reads the file once more, which costs little beside importing it.
func (p Plan) checkUnchanged(ctx context.Context) error {
	f, err := rows.OpenFile(ctx, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return listfile.PreferContext(ctx, &FileError{Path: p.Path, Problem: "it cannot be read", Advice: err.Error(), Cause: err})
	}
	if hex.EncodeToString(hash.Sum(nil)) != p.SHA256 {
		return &FileError{Path: p.Path, Problem: "it was changed since it was looked at, and nothing of it was imported", Advice: "import it again once it is finished"}
	}
	return nil
}

const (
	chunksAtLeast = 64 // so that every worker of a small fleet has something to do
	chunkSeconds  = 10 // of the budget, so that a list that comes later soon has its turn
	slowChunk     = 50 // rows of a chunk under slow limits: fewer would cost more than they bring
)

// chunkSize is how many rows a task has, where so many emails a minute may be sent; 0 is no limit. A task costs Redis and the
// worker some ten round trips, however many rows it has. Rows without an email go by 200 in one call, so they stay together.
func (p Plan) chunkSize(emailsPerMinute int) int {
	most := qflow.MaxBulk
	if p.Emails == 0 {
		return most
	}
	if emailsPerMinute > 0 {
		most = min(max(emailsPerMinute*chunkSeconds/60, slowChunk), most)
	}
	return min(max(p.Rows/chunksAtLeast, 1), most)
}

// Refused returns why nothing of the file would be imported, or nil.
func (p Plan) Refused() error {
	if p.Settings.Resends != nil { // a person has named these rows, and they were in doubt when they were imported
		return p.Usable()
	}
	if len(p.questions) > 0 {
		return &p.questions[0]
	}
	if err := cmp.Or(p.unsentAgain(), p.knownOtherwise(), p.heldAgain(), p.misnamedRows(), p.losesFields()); err != nil {
		return err
	}
	if err := p.Usable(); err != nil {
		return err
	}
	return p.Acceptable()
}

// Affected is how many guests would be created or changed, as far as it is known what was imported before.
func (p Plan) Affected() int {
	if c := p.Compared; c != nil {
		return c.New + c.Changed + c.Waiting
	}
	return p.Guests
}

// Usable returns a *FileError for a file of which no row can be imported: that is a mistake with the whole file, such as a
// forgotten event, and not one with each of its rows.
func (p Plan) Usable() error {
	switch {
	case p.Guests > 0:
		return nil
	case p.Rows == 0:
		return &FileError{Path: p.Path, Problem: "it has a header and no rows", Advice: "export it again"}
	case p.Rejected == 0:
		return p.allFilteredError()
	}
	f := p.Findings[0]
	return &FileError{
		Path: p.Path, Line: f.Line, Problem: noneFits(p.Rows) + f.Text,
		Advice: "correct the file or the settings; --preview 5 shows how rows are understood",
	}
}

// Acceptable returns a *RejectsError for a file with more rejects than the settings allow.
func (p Plan) Acceptable() error {
	s := p.Settings
	meant := p.Rows - p.Filtered
	if p.Rejected == 0 || (!s.IsStrict() && s.MaxRejects.Allows(p.Rejected, meant)) {
		return nil
	}
	return &RejectsError{Path: p.Path, Rows: meant, Rejected: p.Rejected, Allowed: s.MaxRejects, Strict: s.IsStrict(), First: p.Findings[0]}
}

// noneFits begins the sentence about a list of which no row can be imported.
func noneFits(rows int) string {
	if rows == 1 {
		return "its only row cannot be imported, because "
	}
	return "none of its " + plural.Of(rows, "row") + " can be imported, this one because "
}

// allFilteredError says that a file has no row that is meant, which a word that is spelt otherwise in the file does too.
func (p Plan) allFilteredError() error {
	return &FileError{
		Path: p.Path, NeedsAnswer: true,
		Problem: fmt.Sprintf("the rule of the rows that are meant leaves out all of its rows (%d)", p.Filtered),
		Advice:  "correct the rule (--where, where in the profile, “Rows that are meant” in the console), or remove the file",
	}
}

// Close removes what a plan has kept of its rows. Plans that keep nothing need none.
func (p Plan) Close() { p.kept.Close() }

// keptRows returns the rows that the plan has kept, where a run would make the same of the file.
func (p Plan) keptRows(imp ledger.Import) *rows.KeptReader {
	if !p.hasKept(imp) {
		return nil
	}
	return p.kept.Reader(p.Settings.Spec)
}

func (p Plan) hasKept(imp ledger.Import) bool {
	s := p.Settings.Spec
	s.BlankRows = imp.BlankRows // its rows keep their numbers
	return p.kept != nil && p.kept.Fits(s)
}
