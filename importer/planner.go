package importer

import (
	"strings"

	"github.com/google/uuid"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/listcheck"
	"guestflow/importer/rows"
	"guestflow/importer/seen"
	"guestflow/importer/visible"
	"guestflow/qflow"
)

type planner struct {
	Plan
	check *listcheck.Check
	bulk  map[string]int // guests without an email, per event
	used  map[[2]string]bool

	uncompared []guestindex.Guest // to be compared
	addresses  []string           // of each
	places     []rowPlace         // of them
	comparing  chan compareResult // about those that are being compared
	compare    Compare
	nearby     nearPlanner
	updates    []nearUpdate       // rows that are decided to be known guests
	taken      map[uuid.UUID]bool // guests who rows are said to be
	written    map[string]int     // how many known guests the list would write, by the imports that had them last
	gone       *goneFinder        // nil without an import to compare with
	names      nameFinder
	shared     Namesakes
	people     listedPeople

	noneDeclined bool // no guest has unsubscribed or complained
}

// newPlanner returns a planner that goes on with a plan; here are the guests of the list.
func newPlanner(p Plan, here *seen.Set) *planner {
	return &planner{
		Plan: p, bulk: map[string]int{}, used: map[[2]string]bool{}, nearby: nearPlanner{here: here}, compare: p.Settings.comparison(),
	}
}

// close gives up what is still compared, and removes what was kept for the end of the list.
func (p *planner) close() {
	_ = p.finishCompare()
	_ = p.people.close()
}

func (p *planner) add(r *rows.Row) error {
	p.Rows++
	if p.Rows <= p.Settings.PreviewRows {
		p.Preview = append(p.Preview, previewOf(r))
	}
	p.check.Add(r)
	if r.Filtered {
		p.Filtered++
		return nil
	}
	if len(r.Findings) > 0 {
		p.reject(r)
		return nil
	}
	p.warn(r)
	p.useTemplate(r.Guest)
	return p.addGuest(r)
}

func (p *planner) addGuest(r *rows.Row) (err error) {
	p.Guests++
	p.filled.add(&r.Guest)
	at := p.place(r)
	if p.Settings.Resends == nil { // of which a person has named the rows
		if at.twin, err = p.nearby.twin(r.Indexed()); err != nil {
			return err
		}
	}
	if at.twin == 0 && at.full {
		p.names.add(r.Contact, r.Line)
	}
	at.listed = at.twin == 0 && p.Settings.Resends == nil && p.people.add(r)
	if p.Settings.Compare != nil || p.Settings.Suppressed != nil {
		g := r.Indexed()
		g.Leaves = p.Settings.keepsKnown()
		p.uncompared, p.addresses = append(p.uncompared, g), append(p.addresses, r.Guest.Email)
		p.places = append(p.places, at)
		return nil
	}
	if at.twin > 0 {
		return p.nearby.near(at, r.Indexed(), nil)
	}
	return p.createListed(at, r.Indexed())
}

func (p *planner) place(r *rows.Row) rowPlace {
	at := rowPlace{line: r.Line, full: r.Guest.FirstName != "" && r.Guest.LastName != ""}
	if p.Settings.ShowValues {
		at.name = visible.Shorten(strings.TrimSpace(r.Guest.FirstName + " " + r.Guest.LastName))
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

func (p *planner) reject(r *rows.Row) {
	p.Rejected++
	p.Codes[r.Findings[0].Code]++
	if len(p.Findings) < maxFindings {
		p.Findings = append(p.Findings, p.placeFinding(r, r.Findings))
	}
}

func (p *planner) warn(r *rows.Row) {
	if len(r.Warnings) == 0 {
		return
	}
	p.Warned++
	for _, w := range r.Warnings {
		p.Warnings[w.Code]++
	}
	if len(p.Notices) < maxFindings {
		p.Notices = append(p.Notices, p.placeFinding(r, r.Warnings))
	}
}

func (p *planner) placeFinding(r *rows.Row, findings []guest.Finding) PlacedFinding {
	f := findings[0]
	placed := PlacedFinding{Row: r.Row.Row, Line: r.Line, Column: f.Column, Code: f.Code, Text: guest.Texts(findings)}
	if p.Settings.ShowValues && r.Record != nil {
		placed.Value = visible.Shorten(r.Record.Field(f.Field))
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
	statuses := p.check.Statuses()
	p.Statuses, p.Meant, p.Undecided = statuses.Columns(), statuses.Meant(), statuses.Undecided()
	p.questions, p.shown = p.check.Questions()
	if q := p.foreignEvents(); q != nil {
		p.questions = append(p.questions, *q)
	}
}
