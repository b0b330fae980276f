package rows

import (
	"cmp"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/personname"
	"guestflow/importer/spec"
)

// nameFindings says what is in doubt of the full name that a row's name comes from.
func (r *Reader) nameFindings(o *Row) {
	full := r.Columns.FullNameHeader()
	if r.userName(o); len(o.Findings) > 0 || o.NameDoubt == personname.SeveralNames { // it is refused, or asked as one of several people
		o.Warnings = slices.DeleteFunc(o.Warnings, func(f guest.Finding) bool { return f.Code == guest.NotAName })
	}
	switch o.NameDoubt {
	case personname.SeveralNames:
		r.jointName(o)
	case personname.PartMissing:
		o.Findings = append(o.Findings, guest.Finding{Code: guest.NoName, Column: full, Field: columns.FirstName, Text: "the full name is another " +
			"than the name in the other columns, of which one is empty; correct them, or do without the full names (--map 'full_name=', " +
			"full_name in the profile's mapping, “Full name” in the console)"})
	case personname.PartsDiffer:
		o.Warnings = append(o.Warnings, guest.Finding{Code: guest.OddName, Column: full, Field: columns.FirstName, Text: "the full name is another " +
			"than first and last name, which are taken"})
	case personname.LeftOut:
		o.Warnings = append(o.Warnings, guest.Finding{Code: guest.OddName, Column: full, Field: columns.FirstName, Text: "a title, a degree or what " +
			"stands in brackets beside the name is left out"})
	case personname.NoDoubt, personname.SeveralWays: // which is a question of the whole file
	}
}

// userName refuses a first name that is the first part of the address: ida.holm.
func (r *Reader) userName(o *Row) {
	name, _, _ := strings.Cut(o.Record.Email, "@")
	if name == "" || !strings.ContainsAny(o.Record.FirstName, "._") || strings.HasSuffix(o.Record.FirstName, ".") || !strings.EqualFold(name, o.Record.FirstName) {
		return
	}
	o.Findings = append(o.Findings, guest.Finding{Code: guest.BadName, Column: r.Columns.Headers[columns.FirstName], Field: columns.FirstName,
		Text: "the first name is the first part of the address, and no name; write the name, or leave the cell empty"})
}

// jointName says what becomes of a row with a name of several people, a family or a company. Versions before have made
// guests of those whose names had columns of their own, so that such a row is refused only where a person has said so.
func (r *Reader) jointName(o *Row) {
	if len(o.Findings) > 0 { // it is no guest anyhow
		o.NameDoubt = personname.NoDoubt
		return
	}
	name := guest.Finding{Code: guest.NoName, Column: cmp.Or(r.Columns.FullNameHeader(), r.Columns.Headers[columns.FirstName]), Field: columns.FirstName,
		Text: "the name is that of several people, a family or a company, or more than a name; write a row for each guest, or have such " +
			"rows be one guest each (--joint-names keep, joint_names in the profile, “Names of several people” in the console)"}
	if r.jointNames == spec.SkipJointNames || r.jointNames == "" && !r.Columns.NamesInColumns() {
		o.Findings = append(o.Findings, name)
		return
	}
	name.Code, name.Text = guest.OddName, "the name is that of several people, a family or a company, or more than a name"
	o.Warnings = append(o.Warnings, name)
}
