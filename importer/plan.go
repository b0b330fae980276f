package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/seen"
	"guestflow/importer/sendwindow"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/importer/table"
	"guestflow/qflow"
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

	Keep bool // the plan keeps its rows in a temporary file, so that Run need not read the list again; it is to be closed

	Progress func(Progress) // is called with how far a plan is, on the goroutine that makes it; may be nil
	Planned  func()         // is called when a plan is made, so that the whole file has been read; may be nil

	Hold  hold.Rules // what its import waits for
	Admit Admit      // is asked before an import begins; may be nil
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
	if s.Compare != nil && s.ledger != nil {
		return guestindex.For(s.ledger).Comparison().Compare
	}
	return s.Compare
}

// Compare says what a row would find if it were imported now, and writes nothing.
type Compare func(ctx context.Context, guests []guestindex.Guest) ([]guestindex.Claimed, error)

// Check returns what is wrong with a spec whatever the file.
func Check(s spec.Spec) error {
	_, zone := s.Location()
	return errors.Join(columns.CheckChosen(s.Mapping), columns.CheckSurname(s.Surname), checkJointNames(s.JointNames), guest.CheckDateLayout(s.Dates), TableOptions(s.Reading).Check(), s.MaxRejects.Check(), checkRule(s.Where), zone,
		s.NearMisses.Check(), sendwindow.Check(s.SendWindow, s.Zone, s.OutsideWindow))
}

// TableOptions returns how a file's table is found.
func TableOptions(r spec.Reading) table.Options {
	return table.Options{Sheet: r.Sheet, Encoding: r.Encoding, HeaderRow: r.HeaderRow, Hidden: r.Hidden, NoteRows: r.NoteRows, BlankRows: r.BlankRows, Field: columns.FieldOf}
}

// canonicalIDs returns the settings with event and template in the one form that identities are derived from.
func (s Settings) canonicalIDs() Settings {
	s.Event, s.Template = guest.CanonicalID(strings.TrimSpace(s.Event)), guest.CanonicalID(strings.TrimSpace(s.Template))
	return s
}

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
	Near       *NearMisses         `json:"near_misses,omitempty"`
	Gone       *Gone               `json:"gone,omitempty"`
	Suppressed Withheld            `json:"suppressed,omitempty"`
	Events     []string            `json:"events"`
	Templates  []string            `json:"templates"` // as event/template pairs would be too many to ask for, per event below
	Uses       map[string][]string `json:"-"`         // event to its templates
	Settings   Settings            `json:"-"`
	Findings   []PlacedFinding     `json:"findings"` // the first ones
	Notices    []PlacedFinding     `json:"notices"`  // the first warnings

	Statuses []columns.StatusColumn `json:"-"` // what columns say of whether rows are meant; guests' data
	Meant    []string               `json:"-"` // of columns by which every row is

	questions []FileError // that a person has to answer before anything is imported
	shown     *Settings   // by which the file is to be read, as its rows have shown
	decisions decisions   // about rows that are like a known guest
	begun     bool        // its import is there
	otherwise string      // what tells guests apart otherwise than before
	kept      *kept       // its rows; nil where they are to be read again
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

const (
	// maxFindings is how many a plan lists; the report has all of them.
	maxFindings = 20
	// maxValue is how much of a cell a plan shows, in characters.
	maxValue = 40
)

func shorten(s string) string {
	if runes := []rune(s); len(runes) > maxValue {
		return string(runes[:maxValue-1]) + "…"
	}
	return s
}

// MakePlan reads a file to its end and says what an import would do, or gives a *FileError. Planning the
// whole file before it is imported is what lets a person be asked first, and a broken file be refused whole. What only the whole file shows, such as
// whether its dates have the day first, has it read once more.
func MakePlan(ctx context.Context, path string, s Settings) (Plan, error) {
	p, err := makePlan(ctx, path, s)
	if err != nil || p.shown == nil {
		return p, err
	}
	p.Close()
	return makePlan(ctx, path, *p.shown)
}

func makePlan(ctx context.Context, path string, s Settings) (_ Plan, err error) {
	defer func() { err = preferContext(ctx, err) }()
	s = s.canonicalIDs()
	f, err := openFile(ctx, path)
	if err != nil {
		return Plan{}, err
	}
	defer f.Close()
	hash, read := sha256.New(), &byteCounter{}
	r, err := s.rows(ctx, path, io.TeeReader(f, io.MultiWriter(hash, read)))
	if err != nil {
		return Plan{}, err
	}
	defer r.close() //nolint:errcheck // only temporary files
	far := s.progressReporter(r, read)
	if s.AnySheet && r.file.Format().Container != table.Workbook {
		s.Sheet = "" // it is the same import, whether a sheet is named for others or not
	}
	p := newPlanner(Plan{
		Path: path, Columns: r.columns, Codes: map[guest.Code]int{}, Warnings: map[guest.Code]int{}, Uses: map[string][]string{}, Settings: s,
	}, r.seen)
	p.unsettled = questions{surplus: askSurplus(path, r.file, &r.columns, s)}
	defer p.finishCompare() //nolint:errcheck // only of a plan that is given up
	if err := p.findLast(ctx); err != nil {
		return Plan{}, err
	}
	rows := s.keep()
	defer func() {
		if err != nil {
			rows.close()
		}
	}()
	for ctx.Err() == nil {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			p.Format = r.file.Format()
			p.finish(hex.EncodeToString(hash.Sum(nil)))
			if err := p.endCompare(ctx); err != nil {
				return Plan{}, err
			}
			if s.Planned != nil {
				s.Planned()
			}
			p.kept = rows.finish()
			return p.Plan, nil
		}
		if err != nil {
			return Plan{}, err
		}
		if rows != nil && !rows.add(row) {
			rows.close()
			rows = nil
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

type planner struct {
	Plan
	unsettled questions
	bulk      map[string]int // guests without an email, per event
	used      map[[2]string]bool

	uncompared []guestindex.Guest // to be compared
	addresses  []string           // of each
	places     []rowPlace         // of them
	comparing  chan compareResult // about those that are being compared
	compare    Compare
	nearby     nearPlanner
	updates    []nearUpdate // rows that are decided to be known guests
	gone       *goneFinder  // nil without an import to compare with
}

// newPlanner returns a planner that goes on with a plan; here are the guests of the list.
func newPlanner(p Plan, here *seen.Set) *planner {
	return &planner{
		Plan: p, bulk: map[string]int{}, used: map[[2]string]bool{}, nearby: nearPlanner{here: here}, compare: p.Settings.comparison(),
	}
}

func (p *planner) add(r row) error {
	p.Rows++
	if p.Rows <= p.Settings.PreviewRows {
		p.Preview = append(p.Preview, r.preview())
	}
	p.unsettled.add(r)
	if r.filtered {
		p.Filtered++
		return nil
	}
	if len(r.findings) > 0 {
		p.reject(r)
		return nil
	}
	p.warn(r)
	p.useTemplate(r.Guest)
	return p.addGuest(r)
}

func (p *planner) addGuest(r row) (err error) {
	p.Guests++
	at := p.place(r)
	if p.Settings.Resends == nil { // of which a person has named the rows
		if at.twin, err = p.nearby.twin(r.guest()); err != nil {
			return err
		}
	}
	if p.Settings.Compare != nil || p.Settings.Suppressed != nil {
		p.uncompared, p.addresses = append(p.uncompared, r.guest()), append(p.addresses, r.Guest.Email)
		p.places = append(p.places, at)
		return nil
	}
	if at.twin > 0 {
		return p.nearby.near(at, r.guest(), nil)
	}
	p.cost(r.Guest.EventID, r.Guest.TemplateID != "", r.Guest.TemplateID == "")
	return nil
}

func (p *planner) place(r row) rowPlace {
	at := rowPlace{line: r.Line}
	if p.Settings.ShowValues {
		at.name = shorten(strings.TrimSpace(r.Guest.FirstName + " " + r.Guest.LastName))
	}
	return at
}

// cost adds the calls for one guest.
func (p *planner) cost(event string, email, write bool) {
	if email {
		p.Emails++
		p.Calls++
	}
	if write {
		p.bulk[event]++
	}
}

// compareEvery is how many guests are looked up in one round trip.
const compareEvery = 200

// compareResult is what earlier imports have done for some guests.
type compareResult struct {
	places     []rowPlace
	guests     []guestindex.Guest
	claimed    []guestindex.Claimed // nil where the settings do not compare
	suppressed []suppression.Entry
	err        error
}

// startCompare looks the guests up that were read since the last time, once there are so many. Redis takes as long for it as reading
// them takes, so it does it while the next ones are read.
func (p *planner) startCompare(ctx context.Context, least int) error {
	if len(p.uncompared) < least {
		return nil
	}
	if err := p.finishCompare(); err != nil {
		return err
	}
	guests, addresses, places, asked := p.uncompared, p.addresses, p.places, make(chan compareResult, 1)
	p.uncompared, p.addresses, p.comparing = make([]guestindex.Guest, 0, compareEvery), make([]string, 0, compareEvery), asked
	p.places = make([]rowPlace, 0, compareEvery)
	go func() {
		r := p.lookUp(ctx, guests, addresses)
		r.places = places
		asked <- r
	}()
	return nil
}

// finishCompare counts what was looked up last.
func (p *planner) finishCompare() error {
	if p.comparing == nil {
		return nil
	}
	a := <-p.comparing
	p.comparing = nil
	if a.err != nil {
		return a.err
	}
	if p.Compared == nil && a.claimed != nil && !p.Settings.Resend { // which is new for every guest
		p.Compared = &Compared{}
	}
	for i, g := range a.guests {
		if a.claimed == nil {
			if a.places[i].twin > 0 {
				a.places[i].suppressed = a.suppressed[i]
				if err := p.nearby.near(a.places[i], g, nil); err != nil {
					return err
				}
				continue
			}
			p.cost(g.Event, p.withhold(g, a.suppressed[i]), g.Template == "" || a.suppressed[i].Suppressed())
			continue
		}
		if err := p.compared(a.places[i], g, a.claimed[i], a.suppressed[i]); err != nil {
			return err
		}
	}
	return nil
}

// endCompare looks the last guests up, and decides about the list as a whole.
func (p *planner) endCompare(ctx context.Context) error {
	err := p.startCompare(ctx, 1)
	if err == nil {
		err = p.finishCompare()
	}
	if err == nil {
		err = p.decideNear(ctx)
	}
	if err == nil {
		err = p.findGone(ctx)
	}
	for _, n := range p.bulk {
		p.Calls += (n + qflow.MaxBulk - 1) / qflow.MaxBulk
	}
	if err == nil {
		err = p.lookAround(ctx)
	}
	return err
}

func (p *planner) compared(at rowPlace, g guestindex.Guest, c guestindex.Claimed, suppressed suppression.Entry) error {
	if c.Verdict == guestindex.Near || at.twin > 0 && c.Verdict == guestindex.Create && c.ID == g.ID {
		at.suppressed = suppressed
		return p.nearby.near(at, g, c.Alike)
	}
	p.gone.meet(c.ID, c.Owner)
	if p.Settings.Resend {
		p.create(g, suppressed)
	} else {
		p.count(g, c.Verdict, suppressed)
	}
	return p.nearby.known(g, c)
}

func (p *planner) count(g guestindex.Guest, v guestindex.Verdict, suppressed suppression.Entry) {
	switch v {
	case guestindex.Unchanged, guestindex.Duplicate:
		p.Compared.Unchanged++
	case guestindex.Update:
		p.Compared.Changed++
		p.cost(g.Event, false, true)
	case guestindex.UpdateAndSend:
		p.Compared.Changed++
		p.cost(g.Event, p.withhold(g, suppressed), true)
	case guestindex.Wait:
		p.Compared.Waiting++
	case guestindex.Create:
		p.create(g, suppressed)
	case guestindex.Near: // decided about once the whole list is read
	case guestindex.Send, guestindex.SendFirst:
		email := p.withhold(g, suppressed)
		if email {
			p.Compared.addEmail(v)
		} else {
			p.Compared.Unchanged++
		}
		p.cost(g.Event, email, !email)
	}
}

func (p *planner) reject(r row) {
	p.Rejected++
	p.Codes[r.findings[0].Code]++
	if len(p.Findings) < maxFindings {
		p.Findings = append(p.Findings, p.placeFinding(r, r.findings))
	}
}

func (p *planner) warn(r row) {
	if len(r.warnings) == 0 {
		return
	}
	p.Warned++
	for _, w := range r.warnings {
		p.Warnings[w.Code]++
	}
	if len(p.Notices) < maxFindings {
		p.Notices = append(p.Notices, p.placeFinding(r, r.warnings))
	}
}

func (p *planner) placeFinding(r row, findings []guest.Finding) PlacedFinding {
	f := findings[0]
	placed := PlacedFinding{Row: r.Row.Row, Line: r.Line, Column: f.Column, Code: f.Code, Text: texts(findings)}
	if p.Settings.ShowValues && r.rec != nil {
		placed.Value = shorten(r.rec.Field(f.Field))
	}
	return placed
}

func (p *planner) useTemplate(g qflow.Guest) {
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
	p.SHA256 = sum
	p.Import = p.Settings.ImportID(p.SHA256)
	p.Settings.Hold = p.Settings.Hold.For(p.Events)
	p.Statuses, p.Meant = p.unsettled.statuses.Columns(), p.unsettled.statuses.Meant()
	p.questions, p.shown = p.unsettled.ask(p.Path, p.Settings, &p.Columns)
}

// WithAgain returns the plan of the import that the same file has under another Again.
func (p Plan) WithAgain(again string) Plan {
	p.Settings.Again = again
	p.Import = p.Settings.ImportID(p.SHA256)
	return p
}

// checkUnchanged reads the file once more, which costs little beside importing it.
func (p Plan) checkUnchanged(ctx context.Context) error {
	f, err := openFile(ctx, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return preferContext(ctx, &FileError{Path: p.Path, Problem: "it cannot be read", Advice: err.Error(), Cause: err})
	}
	if hex.EncodeToString(hash.Sum(nil)) != p.SHA256 {
		return &FileError{Path: p.Path, Problem: "it was changed since it was looked at, and nothing of it was imported", Advice: "import it again once it is finished"}
	}
	return nil
}

// chunkSize returns every worker of a small fleet something to do and keeps a task to a few seconds of budget; rows without
// an email go by 200 in one call, so they stay together.
func (p Plan) chunkSize() int {
	if p.Emails == 0 {
		return qflow.MaxBulk
	}
	const most, tasks = 50, 64
	return min(max(p.Rows/tasks, 1), most)
}

// Refused returns why nothing of the file would be imported, or nil.
func (p Plan) Refused() error {
	if p.Settings.Resends != nil { // a person has named these rows, and they were in doubt when they were imported
		return p.Usable()
	}
	if len(p.questions) > 0 {
		return &p.questions[0]
	}
	if err := cmp.Or(p.knownOtherwise(), p.misnamedRows()); err != nil {
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
