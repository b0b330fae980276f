package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// Settings say how a file is read and for whom.
type Settings struct {
	Account  string
	Event    string         // for rows that name none
	Template string         // for rows that name none; "" sends no email
	Profile  string         // only a name, for lists
	Key      string         // header of the column that tells guests apart; "" means email and name
	Location *time.Location // of times without a zone; nil means UTC
	Again    string         // anything: makes a further import of a file that was imported before
}

// settled gives the settings in the one form that identities are derived from.
func (s Settings) settled() Settings {
	s.Event, s.Template = canonical(strings.TrimSpace(s.Event)), canonical(strings.TrimSpace(s.Template))
	return s
}

func (s Settings) location() *time.Location {
	if s.Location == nil {
		return time.UTC
	}
	return s.Location
}

// Plan is what an import of a file would do. Making one writes nothing anywhere.
type Plan struct {
	Path      string              `json:"path"`
	SHA256    string              `json:"sha256"`
	Import    string              `json:"import"` // the id that the import has, or would have
	Columns   Columns             `json:"columns"`
	Rows      int                 `json:"rows"`
	Rejected  int                 `json:"rejected"`
	Codes     map[Code]int        `json:"codes"`
	Guests    int                 `json:"guests"`
	Emails    int                 `json:"emails"`
	Calls     int                 `json:"calls"` // requests to Qflow, at least
	Events    []string            `json:"events"`
	Templates []string            `json:"templates"` // as event/template pairs would be too many to ask for, per event below
	Uses      map[string][]string `json:"-"`         // event to its templates
	Settings  Settings            `json:"-"`
	Findings  []PlacedFinding     `json:"findings"` // the first ones
}

// PlacedFinding is a finding with its row and line.
type PlacedFinding struct {
	Row    int    `json:"row"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Code   Code   `json:"code"`
	Text   string `json:"text"`
}

// maxFindings is how many a plan lists; the report has all of them.
const maxFindings = 20

// MakePlan reads a file to its end and says what an import would do, or gives a *FileError. Reading it twice, now and when
// it is imported, is what lets a person be asked first, and a broken file be refused whole.
func MakePlan(ctx context.Context, path string, s Settings) (Plan, error) {
	s = s.settled()
	f, err := openFile(path)
	if err != nil {
		return Plan{}, err
	}
	defer f.Close()
	hash := sha256.New()
	r, err := s.rows(path, io.TeeReader(f, hash))
	if err != nil {
		return Plan{}, err
	}
	p := &planner{
		Plan: Plan{Path: path, Columns: r.columns, Codes: map[Code]int{}, Uses: map[string][]string{}, Settings: s},
		bulk: map[string]int{}, used: map[[2]string]bool{},
	}
	for ctx.Err() == nil {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			p.finish(hex.EncodeToString(hash.Sum(nil)))
			return p.Plan, nil
		}
		if err != nil {
			return Plan{}, err
		}
		p.add(row)
	}
	return Plan{}, ctx.Err()
}

type planner struct {
	Plan
	bulk map[string]int // guests without an email, per event
	used map[[2]string]bool
}

func (p *planner) add(r row) {
	p.Rows++
	if len(r.findings) > 0 {
		p.reject(r)
		return
	}
	p.Guests++
	p.use(r.Guest)
	if r.Guest.TemplateID == "" {
		p.bulk[r.Guest.EventID]++
		return
	}
	p.Emails++
	p.Calls++
}

func (p *planner) reject(r row) {
	p.Rejected++
	p.Codes[r.findings[0].Code]++
	if f := r.findings[0]; len(p.Findings) < maxFindings {
		p.Findings = append(p.Findings, PlacedFinding{Row: r.Row.Row, Line: r.Line, Column: f.Column, Code: f.Code, Text: r.reason().Text})
	}
}

func (p *planner) use(g qflow.Guest) {
	use := [2]string{g.EventID, g.TemplateID}
	if p.used[use] {
		return
	}
	p.used[use] = true
	templates, known := p.Uses[g.EventID]
	if !known {
		p.Events = append(p.Events, g.EventID)
	}
	if g.TemplateID != "" {
		templates = append(templates, g.TemplateID)
		p.Templates = append(p.Templates, g.TemplateID)
	}
	p.Uses[g.EventID] = templates
}

func (p *planner) finish(sum string) {
	for _, n := range p.bulk {
		p.Calls += (n + qflow.MaxBulk - 1) / qflow.MaxBulk
	}
	s := p.Settings
	p.SHA256 = sum
	p.Import = ledger.NewID(s.Account, s.Event, s.Template, s.Profile, s.Key, s.Again, sum)
}

// unchanged reads the file once more, which costs little beside importing it.
func (p Plan) unchanged() error {
	f, err := openFile(p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return &FileError{Path: p.Path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
	}
	if hex.EncodeToString(hash.Sum(nil)) != p.SHA256 {
		return &FileError{Path: p.Path, Problem: "it was changed since it was looked at, and nothing of it was imported", Advice: "import it again once it is finished"}
	}
	return nil
}

// chunkSize gives every worker of a small fleet something to do and keeps a task to a few seconds of budget; rows without
// an email go by 200 in one call, so they stay together.
func (p Plan) chunkSize() int {
	if p.Emails == 0 {
		return qflow.MaxBulk
	}
	const most, tasks = 50, 64
	return min(max(p.Rows/tasks, 1), most)
}

// Usable gives a *FileError for a file of which no row can be imported: that is a mistake with the whole file, such as a
// forgotten event, and not one with each of its rows.
func (p Plan) Usable() error {
	switch {
	case p.Guests > 0:
		return nil
	case p.Rows == 0:
		return &FileError{Path: p.Path, Problem: "it has a header and no rows", Advice: "export it again"}
	}
	f := p.Findings[0]
	return &FileError{
		Path: p.Path, Line: f.Line, Problem: fmt.Sprintf("none of its %d rows can be imported, this one because %s", p.Rows, f.Text),
		Advice: "correct the file or the settings; --dry-run shows more",
	}
}
