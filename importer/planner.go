package importer

import (
	"strings"

	"github.com/google/uuid"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/seen"
	"guestflow/qflow"
)

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
	updates    []nearUpdate       // rows that are decided to be known guests
	taken      map[uuid.UUID]bool // guests who rows are said to be
	gone       *goneFinder        // nil without an import to compare with
	names      nameFinder
	shared     Namesakes
	people     listedPeople
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
	if at.twin == 0 && at.full {
		p.names.add(r.contact, r.Line)
	}
	at.listed = at.twin == 0 && p.Settings.Resends == nil && p.people.add(r)
	if p.Settings.Compare != nil || p.Settings.Suppressed != nil {
		p.uncompared, p.addresses = append(p.uncompared, r.guest()), append(p.addresses, r.Guest.Email)
		p.places = append(p.places, at)
		return nil
	}
	if at.twin > 0 {
		return p.nearby.near(at, r.guest(), nil)
	}
	return p.createListed(at, r.guest())
}

func (p *planner) place(r row) rowPlace {
	at := rowPlace{line: r.Line, full: r.Guest.FirstName != "" && r.Guest.LastName != ""}
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
	statuses := &p.unsettled.statuses
	p.Statuses, p.Meant, p.Undecided = statuses.Columns(), statuses.Meant(), statuses.Undecided()
	p.questions, p.shown = p.unsettled.ask(p.Path, p.Settings, &p.Columns)
	if q := p.foreignEvents(); q != nil {
		p.questions = append(p.questions, *q)
	}
}
