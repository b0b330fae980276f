package spool

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"guestflow/importer"
	"guestflow/qflow"
)

// Plan is what an import would do, as it was found when its item began to wait. It has nothing of a guest.
type Plan struct {
	Import     string               `json:"import"`
	SHA256     string               `json:"sha256"`
	Rows       int                  `json:"rows"`
	Rejected   int                  `json:"rejected"`
	Filtered   int                  `json:"filtered,omitempty"` // by the rule of the rows that are meant
	Guests     int                  `json:"guests"`
	Emails     int                  `json:"emails"`
	Calls      int                  `json:"calls"`
	Compared   *importer.Compared   `json:"compared,omitempty"`
	Missing    string               `json:"missing_columns,omitempty"` // what known guests lose
	Near       *importer.NearMisses `json:"near_misses,omitempty"`
	Suppressed importer.Withheld    `json:"suppressed,omitempty"`
	Gone       string               `json:"gone,omitempty"` // guests of the last import who are not in the list
	GivenAgain *importer.GivenAgain `json:"given_again,omitempty"`
	Resend     bool                 `json:"resend,omitempty"`
	Unsent     string               `json:"again_unsent,omitempty"` // of guests whom a resend mails twice
	Undecided  []string             `json:"undecided,omitempty"`    // columns of a few texts that decide nothing, without the texts

	Event        string `json:"event,omitempty"`    // of all rows; "" if there are several
	Template     string `json:"template,omitempty"` // the same; "" also without an email
	TemplateName string `json:"template_name,omitempty"`

	AtMost bool `json:"at_most,omitempty"` // of rows that wait for a decision: the emails if all are new guests

	mails bool // the list has a template
}

// mostNear is how many rows that are like known guests a record lists; its text is bounded.
const mostNear = 20

// PlanOf is a plan as a record keeps it.
func PlanOf(p importer.Plan) *Plan {
	var undecided []string
	for _, c := range p.Undecided {
		undecided = append(undecided, c.Text(false))
	}
	return &Plan{
		Undecided: undecided,
		Import:    p.Import, SHA256: p.SHA256, Rows: p.Rows, Rejected: p.Rejected, Filtered: p.Filtered, Guests: p.Guests,
		Emails: p.Emails, Calls: p.Calls, Compared: p.Compared, Missing: p.Missing.Text(), Near: nearOf(p.Near), Suppressed: p.Suppressed,
		Gone: p.Gone.Text(), GivenAgain: p.GivenAgain, Resend: p.Settings.Resend, Unsent: p.Unsent.Text(),
		mails: len(p.Templates) > 0,
		Event: only(p.Events, p.Settings.Event), Template: only(p.Templates, p.Settings.Template),
		TemplateName: p.TemplateNames[only(p.Templates, p.Settings.Template)],
	}
}

// only returns the one id of a list; "" if there is not exactly one, or if it is a cell that may be anything.
func only(list []string, set string) string {
	if len(list) != 1 || list[0] != set && uuid.Validate(list[0]) != nil {
		return ""
	}
	return list[0]
}

// ofHeld is the plan of so many rows of a list that wait for a decision, while the others are imported.
func (p *Plan) ofHeld(held int) *Plan {
	if p == nil {
		return nil
	}
	left := &Plan{Import: p.Import, SHA256: p.SHA256, Rows: held, Guests: held, AtMost: true, Resend: p.Resend,
		Event: p.Event, Template: p.Template, TemplateName: p.TemplateName}
	if p.mails {
		left.Emails, left.Calls = held, held
	}
	if p.Near.Held() == held { // else some were found when they were claimed
		left.Near = p.Near.OnlyHeld()
	}
	return left
}

func nearOf(n *importer.NearMisses) *importer.NearMisses {
	if n == nil {
		return nil
	}
	kept := *n
	kept.Rows = append([]importer.NearMiss(nil), n.Rows[:min(len(n.Rows), mostNear)]...)
	for i := range kept.Rows {
		kept.Rows[i].Name = "" // a guest's
	}
	return &kept
}

// Text is what the import would do, without a full stop.
func (p *Plan) Text() string {
	if p.AtMost {
		return fmt.Sprintf("what waits: %s, at most %s (none for those who are updated and have had it, or left out)",
			counted(p.Guests, "guest"),
			counted(p.Emails, "email"))
	}
	text := fmt.Sprintf("%s, %s, %s; %d of %s rejected", counted(p.Guests, "guest"), counted(p.Emails, "email"),
		counted(p.Calls, "call"), p.Rejected, counted(p.Rows, "row"))
	if p.Filtered > 0 {
		text += fmt.Sprintf(", %d left out by the rule", p.Filtered)
	}
	return text
}

// Destination says to which event the guests go and which email they get, as far as all are the same; "" if nothing is.
func (p *Plan) Destination(events qflow.EventNames) string {
	var parts []string
	if p.Event != "" {
		parts = append(parts, "to event "+events.Text(p.Event))
	}
	if p.Template != "" {
		parts = append(parts, "email "+qflow.Named(p.TemplateName, p.Template))
	}
	return strings.Join(parts, "; ")
}

// Differences are sentences about what earlier imports have done for its guests, and about columns that decide nothing, without full
// stops.
func (p *Plan) Differences() (list []string) {
	if p.Compared != nil {
		list = append(list, "Compared with earlier imports: "+p.Compared.Text())
	}
	if text := p.GivenAgain.Text(); text != "" {
		list = append(list, text)
	}
	if p.Resend {
		list = append(list, "It is a resend: each guest gets the email once more, whatever earlier imports have sent him")
	}
	if p.Unsent != "" {
		list = append(list, p.Unsent)
	}
	if p.Missing != "" {
		list = append(list, p.Missing)
	}
	if p.Near.Total() > 0 {
		list = append(list, p.Near.Text())
	}
	if p.takesOver() {
		list = append(list, "An email that leaves before this is imported goes to the address and name of before, "+
			"and no second one follows it")
	}
	if p.Gone != "" {
		list = append(list, p.Gone)
	}
	if text := p.Suppressed.String(); text != "" {
		list = append(list, text)
	}
	return append(list, p.Undecided...)
}

// takesOver reports whether emails of earlier imports go as this list has their guests, as long as they have not left.
func (p *Plan) takesOver() bool {
	of := p.Compared != nil && p.Compared.Unsent.Corrected+p.Compared.Unsent.Written > 0
	return of || p.Near != nil && p.Near.Corrected+p.Near.Written > 0
}
