package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/qflow"
)

// This file finds known guests who would lose something by a list that has fewer columns than the one that had them
// last. A guest is written as a whole, as it is unknown what Qflow does about a field that is left out (docs/qflow-api.md
// section 11, question 8); so a list of names and addresses, as reminders are, would empty his tags and plus ones. Which
// of them he has is not known: the index has one hash of all. The record of the import that had him last says which of
// them its list has.

// emptied are the fields that are written empty where a row has none, as Qflow calls them. An empty barcode and empty
// dates are not written.
var emptied = [...]struct {
	field, name string
	isFilled    func(*qflow.Guest) bool
}{
	{columns.OtherNames, "Other Names", func(g *qflow.Guest) bool { return g.OtherNames != "" }},
	{columns.Email, "Email", func(g *qflow.Guest) bool { return g.Email != "" }},
	{columns.PlusOnes, "Plus 1's", func(g *qflow.Guest) bool { return g.PlusOnes != 0 }},
	{columns.Notes, "Guest notes", func(g *qflow.Guest) bool { return g.Notes != "" }},
	{columns.Tags, "Tags", func(g *qflow.Guest) bool { return g.Tags != "" }},
	{columns.CustomID, "Custom ID", func(g *qflow.Guest) bool { return g.CustomID != "" }},
	{columns.IsGroup, "Is Group", func(g *qflow.Guest) bool { return g.IsGroup }},
}

// filledFields are those of emptied that rows of a list have.
type filledFields [len(emptied)]bool

func (f *filledFields) add(g *qflow.Guest) {
	for i := range emptied {
		f[i] = f[i] || emptied[i].isFilled(g)
	}
}

func (f *filledFields) list() []string {
	list := []string{}
	for i, is := range f {
		if is {
			list = append(list, emptied[i].field)
		}
	}
	return list
}

// MissingColumns is what known guests may lose by a list.
type MissingColumns struct {
	Guests  int      `json:"guests,omitempty"`  // whom an import had last whose list has some of Fields
	Perhaps int      `json:"perhaps,omitempty"` // whom one had last of whose list nothing is known
	Fields  []string `json:"fields,omitempty"`  // that the list has no column for, by their names at Qflow
	Of      []string `json:"imports,omitempty"` // the first imports of Guests

	Kept int `json:"kept,omitempty"` // who stay as they are, as a person has said
}

// missingFields returns the fields, by their places in emptied, that a list says nothing of. One that a person has said to be
// empty is none of them.
func (p *Plan) missingFields() (fields []int) {
	for i, e := range emptied {
		if !p.filled[i] && !p.Columns.Says(e.field) {
			fields = append(fields, i)
		}
	}
	return fields
}

// writes notes that a known guest would be written, or may be, whom a row of an import has had last.
func (p *planner) writes(v guestindex.Verdict, last ledger.Owner) {
	switch v {
	case guestindex.Update, guestindex.UpdateAndSend, guestindex.Replace, guestindex.WaitWritten, guestindex.Wait, guestindex.WaitUnsent:
		if p.written == nil {
			p.written = map[string]int{}
		}
		p.written[last.Import]++
	case guestindex.Create, guestindex.Send, guestindex.SendFirst, guestindex.Unchanged, guestindex.Duplicate, guestindex.Near:
	}
}

// findMissing says what known guests may lose.
func (p *planner) findMissing(ctx context.Context) error {
	if c := p.Compared; c != nil && p.Settings.keepsKnown() {
		if known := c.Known + c.Unchanged + c.Waiting; known > 0 {
			p.Missing = &MissingColumns{Kept: known}
		}
		return nil
	}
	fields := p.missingFields()
	if len(p.written) == 0 || len(fields) == 0 || p.Settings.ledger == nil {
		return nil
	}
	m, lost := MissingColumns{}, map[int]bool{}
	for _, id := range slices.Sorted(maps.Keys(p.written)) {
		last, err := p.Settings.ledger.Import(ctx, id)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if last.Filled == nil {
			if !p.hasColumnsOf(last) {
				m.Perhaps += p.written[id]
			}
			continue
		}
		loses := false
		for _, i := range fields {
			if mayHave(last, emptied[i].field) {
				lost[i], loses = true, true
			}
		}
		if loses {
			m.Guests += p.written[id]
			if len(m.Of) < maxKeptBy {
				m.Of = append(m.Of, id)
			}
		}
	}
	if m.Guests+m.Perhaps == 0 {
		return nil
	}
	for _, i := range fields {
		if lost[i] || m.Guests == 0 {
			m.Fields = append(m.Fields, emptied[i].name)
		}
	}
	p.Missing = &m
	return nil
}

// hasColumnsOf reports whether a list has the columns of an import's, of which nothing else is known: that of a profile.
func (p *Plan) hasColumnsOf(last ledger.Import) bool {
	return last.Profile != "" && last.Profile == p.Settings.Profile && maps.Equal(last.Mapping, p.Settings.Mapping)
}

// mayHave reports whether guests whom an import has had last may have a field. One that was to empty it and was cancelled
// may have left it as it was.
func mayHave(last ledger.Import, field string) bool {
	return slices.Contains(last.Filled, field) ||
		last.MissingColumns == spec.EmptyMissing && last.Stopped == ledger.StoppedCancelled
}

// missingOption is the flag that says what becomes of fields without a column.
const missingOption = "missing-columns"

// keepsKnown reports whether nothing of known guests is written.
func (s Settings) keepsKnown() bool { return s.MissingColumns == spec.KeepMissing }

// Text says what known guests may lose; "" where nothing.
func (m *MissingColumns) Text() string {
	if m == nil {
		return ""
	}
	list := strings.Join(m.Fields, ", ")
	switch {
	case m.Kept > 0:
		return fmt.Sprintf("%s as they are at Qflow, whatever this list has of them (--%s %s)", plural.Of(m.Kept, "known guest stays", "known guests stay"),
			missingOption, spec.KeepMissing)
	case m.Guests == 0:
		return fmt.Sprintf("%s written as this list has them, which has no column for %s: what they may have of these is emptied",
			plural.Of(m.Perhaps, "known guest is", "known guests are"), list)
	}
	return fmt.Sprintf("%s written as this list has them, which has no column for %s: what import %s, which had them last, has of these is "+
		"emptied", plural.Of(m.Guests, "known guest is", "known guests are"), list, strings.Join(m.Of, ", "))
}

// losesFields is the question whether known guests are written as a list has them that lacks columns.
func (p Plan) losesFields() error {
	m, said := p.Missing, p.Settings.MissingColumns
	switch {
	case p.begun:
		return nil
	case p.Settings.keepsKnown() && p.Near != nil && p.Near.updated > 0:
		return &FileError{Path: p.Path, NeedsAnswer: true,
			Problem: fmt.Sprintf("nothing is to be written of known guests (--%s %s), and %s to be changed (--%s update)", missingOption, said,
				plural.Of(p.Near.updated, "of them is", "of them are"), nearOption),
			Advice: fmt.Sprintf("say skip or new of these rows, or --%s %s, which writes all known guests as the list has them; or give the list the columns that it lacks", missingOption,
				spec.EmptyMissing)}
	case m == nil || m.Guests == 0 || said != "":
		return nil
	}
	problem := m.Text()
	return &FileError{
		Path: p.Path, NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Choices: []table.Choice{
			{Option: missingOption, Value: spec.KeepMissing}, {Option: missingOption, Value: spec.EmptyMissing},
		}},
		Advice: fmt.Sprintf("choose: --%s %s (known guests stay as they are at Qflow, with their names and addresses, and get the email) or "+
			"--%s %s (they are written as the list has them; missing_columns in the profile, “Missing columns” in the console), or give the list these columns",
			missingOption, spec.KeepMissing, missingOption, spec.EmptyMissing),
	}
}
