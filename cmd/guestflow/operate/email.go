package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/emailpreview"
	"guestflow/importer/reread"
	"guestflow/qflow"
)

// EmailPreview is the email that a row of a list gets, as far as it is known before Qflow makes it.
type EmailPreview struct {
	Row      int            `json:"row"`
	Line     int            `json:"line"`
	Event    string         `json:"event"`
	Template qflow.Template `json:"template"`
	emailpreview.Email
	Unknown string   `json:"unknown,omitempty"` // why its text is not known
	Doubts  []string `json:"doubts"`            // about the template's tokens, in this list

	guest qflow.Guest
}

// Notes says what is to be known about the email before it is sent, a sentence each.
func (p EmailPreview) Notes() (notes []string) {
	if len(p.ByQflow) > 0 {
		notes = append(notes, "In brackets is what Qflow fills in: "+strings.Join(p.ByQflow, ", "))
	}
	if len(p.Empty) > 0 {
		notes = append(notes, "This row has nothing for: "+strings.Join(p.Empty, ", "))
	}
	if p.Cut {
		notes = append(notes, "The email is longer than what is shown of it")
	}
	return append(notes, p.Doubts...)
}

// firstRows is among how many rows the first guest with an email is searched for, where no row is named.
const firstRows = 50

// PreviewEmail returns the email of a row of a list that is read as its plan says; of the first one that has an email
// for row 0.
func (a *Account) PreviewEmail(ctx context.Context, plan importer.Plan, row int) (EmailPreview, error) {
	found, err := rowWithEmail(ctx, plan, row)
	if err != nil {
		return EmailPreview{}, err
	}
	p := EmailPreview{Row: found.Row, Line: found.Line, Event: found.Guest.EventID, guest: found.Guest}
	list, err := a.ListTemplates(ctx, p.Event)
	if err == nil {
		err = checkKnown(p.Event, []string{found.Guest.TemplateID}, list)
	}
	if err != nil {
		return p, err
	}
	p.Template = list[slices.IndexFunc(list,
		func(t qflow.Template) bool { return strings.EqualFold(t.ID, found.Guest.TemplateID) })]
	p.Email = emailpreview.Of(p.Template, found.Guest)
	p.Doubts = TemplateDoubts(plan, p.Template)
	if p.Template.HTML == "" {
		p.Unknown = UnknownEmail
	}
	return p, nil
}

// UnknownEmail says why the text of an email cannot be shown.
const UnknownEmail = "Qflow's list of templates does not show the text of this one, so it cannot be shown before it is sent; a test email shows it"

// TemplateDoubts returns what is doubtful about a template's tokens for the list of a plan.
func TemplateDoubts(plan importer.Plan, t qflow.Template) []string {
	return emailpreview.Doubts(t, func(field string) bool {
		return slices.ContainsFunc(plan.Columns.Sources, func(s columns.Source) bool { return s.Field == field })
	})
}

// rowWithEmail reads a row of the list again. It refuses one that gets no email.
func rowWithEmail(ctx context.Context, plan importer.Plan, row int) (reread.ExtractedRow, error) {
	if row < 0 || row > plan.Rows {
		return reread.ExtractedRow{}, refuse("the list has %s, and no row %d", rows(plan.Rows), row)
	}
	numbers := []int{row}
	if row == 0 {
		numbers = nil
		for n := range min(plan.Rows, firstRows) {
			numbers = append(numbers, n+1)
		}
	}
	if len(numbers) == 0 {
		return reread.ExtractedRow{}, refuse("the list has no rows")
	}
	x, err := reread.ReadRows(ctx, plan.Path, plan.SHA256, plan.Settings.Spec, numbers)
	if err != nil {
		return reread.ExtractedRow{}, fmt.Errorf("read the row whose email is shown: %w", err)
	}
	for _, r := range x.Rows {
		if noEmail(r) == "" {
			return r, nil
		}
	}
	if row == 0 {
		return reread.ExtractedRow{}, refuse("none of the first %s gets an email: name a row", rows(len(numbers)))
	}
	return reread.ExtractedRow{}, refuse("no email goes to row %d: %s", row, noEmail(x.Rows[0]))
}

// noEmail returns why a row gets no email, or "".
func noEmail(r reread.ExtractedRow) string {
	switch {
	case r.Rejected != "":
		return r.Rejected
	case r.Guest.TemplateID == "":
		return "it has no template"
	case r.Guest.Email == "":
		return "it has no address"
	}
	return ""
}
