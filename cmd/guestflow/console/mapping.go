package console

// The form of a preview that maps columns to fields, and its answer.

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// choice is a column that can be mapped to a field.
type choice struct{ Value, Text string }

// fieldShown is a field with its source.
type fieldShown struct {
	Name, Label string
	From, How   string // as the file is read now; "" if from no column
	Text        string // template or constant
	Empty       bool   // a person has said that it comes from no column
	Samples     []string
}

// Writable reports whether a text can be chosen for it.
func (f fieldShown) Writable() bool { return f.Name != columns.FullName && f.Name != columns.Ignore }

// count is how many rows have a finding.
type count struct {
	Code string
	Rows int
}

// columns fills in the columns and fields of the form.
func (p *planShown) columns(found preview) {
	p.Sheets = found.Sheets
	p.AskSheet = p.Upload.Request().Sheet != "" || p.Plan == nil && packed(p.Upload.Path)
	p.Columns, p.Format = found.Columns, formatOf(found.Format, p.Values)
	if p.Plan != nil {
		p.Columns, p.Format = p.Plan.Columns, formatOf(p.Plan.Format, p.Values)
		p.Codes, p.Warnings = counted(p.Plan.Codes), counted(p.Plan.Warnings)
	}
	if p.Redacted = !p.Values && !recognised(found.Header); p.Redacted {
		p.redact()
	} else {
		p.Headers, p.header = choices(found.Header), found.Header
		p.Table = p.columnTable(found.Header)
		for _, name := range columns.Fields() {
			p.Fields = append(p.Fields, p.field(name))
		}
	}
	p.Template = p.Upload.Request().Template
	if p.Upload.NoEmail {
		p.Template = noEmail
	}
}

// OtherSheets is the sheet that was chosen, where that is none by the name of one: several, say.
func (p *planShown) OtherSheets() string {
	chosen := p.Upload.Request().Sheet
	if slices.Contains(p.Sheets, chosen) || chosen == "all" && len(p.Sheets) > 1 {
		return ""
	}
	return chosen
}

// recognised reports whether a line is a header, and not a guest: a name or an email must be recognised by its header
// alone. A chosen mapping does not count, since with a constant for the name any line would be a header.
func recognised(header []string) bool {
	known, _ := columns.Map(header, columns.Options{SplitNames: true}) // its other faults do not matter here
	return slices.ContainsFunc(known.Sources, func(s columns.Source) bool {
		return slices.Contains([]string{columns.FirstName, columns.LastName, columns.FullName, columns.Email}, s.Field)
	})
}

// redact removes the file's first line from the plan. It changes a copy, since the plan is shared with other users.
func (p *planShown) redact() {
	p.Columns = importer.Columns{}
	if p.Plan == nil {
		return
	}
	plan := *p.Plan
	plan.Columns = importer.Columns{}
	plan.Findings, plan.Notices = redactFindings(plan.Findings), redactFindings(plan.Notices)
	p.Plan = &plan
}

func redactFindings(findings []importer.PlacedFinding) []importer.PlacedFinding {
	findings = slices.Clone(findings)
	for i := range findings {
		findings[i].Column, findings[i].Text = "", unquoted(findings[i].Text)
	}
	return findings
}

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[a-z_]+=(?:[^']|'\\'')*'`)

// unquoted removes quotations from a sentence: names of columns, also in a mapping, and of files in an archive.
func unquoted(text string) string { return quotation.ReplaceAllString(text, `"…"`) }

func (p *planShown) field(name string) fieldShown {
	f := fieldShown{Name: name, Label: fieldWords[name]}
	f.Text, f.Empty = textOf(p.Upload.Request().Mapping, name, p.header)
	for _, source := range p.Columns.Sources {
		if source.Field == name {
			f.From, f.How = source.From, kindWords[source.Kind]
		}
	}
	if name == columns.Ignore && len(p.Columns.Ignored) > 0 {
		f.From, f.How = strings.Join(p.Columns.Ignored, ", "), kindWords[columns.Chosen]
	}
	if p.Plan == nil {
		return f
	}
	for _, row := range p.Plan.Preview {
		if f.From != "" {
			f.Samples = append(f.Samples, row.Fields[name])
		}
	}
	return f
}

var kindWords = map[columns.Kind]string{
	columns.Alias: "recognised", columns.Chosen: "chosen", columns.Template: "text with columns",
	columns.Constant: "the same in every row", columns.Content: "by what it holds",
	columns.Split: "part of the full name", columns.OtherPart: "beside the other part of the name",
}

// fieldWords are the names of the fields on a page.
var fieldWords = map[string]string{
	columns.FirstName: "First name", columns.LastName: "Last name", columns.OtherNames: "Other names",
	columns.FullName: "Full name, to be split",
	columns.Email:    "Email", columns.PlusOnes: "Plus ones", columns.PartySize: "Party size, including the guest",
	columns.Ignore: "Ignored",
	columns.Notes:  "Notes", columns.Tags: "Tags", columns.Barcode: "Barcode", columns.CustomID: "Custom ID",
	columns.IsGroup: "Is a group", columns.ValidFrom: "Valid from", columns.ValidTo: "Valid to",
	columns.EventID: "Event ID", columns.TemplateID: "Template ID",
}

// The options of a field besides its text.
const (
	nothing  = "none" // from no column
	inColumn = "in:"  // followed by a header
)

// noEmail is the option of an import without emails.
const noEmail = "none"

// choices are the columns that can be mapped. A header without text cannot be named; nor can one with braces, which
// have another meaning in a mapping.
func choices(header []string) (list []choice) {
	for _, h := range header {
		if strings.TrimSpace(h) != "" && !strings.Contains(h, "{{") && !strings.Contains(h, "}}") {
			list = append(list, choice{inColumn + h, h})
		}
	}
	return list
}

// mapped is the mapping of a header: one that begins like a constant is put in braces.
func mapped(header string) string {
	if strings.HasPrefix(header, "=") {
		return "{{" + header + "}}"
	}
	return header
}

// textOf returns the text of a field that comes from no single column, or that it is to stay empty.
func textOf(mapping map[string]string, field string, header []string) (text string, empty bool) {
	source, is := mapping[field]
	if named := namedIn(source); !is || source == "" || len(named) == 1 && columns.Place(header, named[0]) >= 0 {
		return "", is && source == ""
	}
	return source, false
}

// formatOf describes the format of a file. The name of a file in an archive, which may be a guest's, is left out
// without the right to see guests' data.
func formatOf(f table.Format, names bool) string {
	words := []string{string(f.Container)}
	if f.Member != "" && (names || f.Container == table.Workbook) {
		words[0] += " (" + f.Member + ")"
	}
	if f.Encoding != "" {
		words = append(words, string(f.Encoding))
	}
	if f.Delimiter != "" {
		words = append(words, "cells between "+delimiterOf(f.Delimiter))
	}
	if f.Header > 0 {
		words = append(words, "header in line "+strconv.Itoa(f.Header))
	}
	return strings.Join(words, "; ") // clauses, each of which is translated
}

func delimiterOf(d string) string {
	if name, known := map[string]string{",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[d]; known {
		return name
	}
	return strconv.Quote(d)
}

func counted(codes map[guest.Code]int) (list []count) {
	for code, n := range codes {
		list = append(list, count{string(code), n})
	}
	slices.SortFunc(list, func(a, b count) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Code, b.Code)
	})
	return list
}

// parseRequest reads the form. Without the columns, which some users are not shown, their mapping stays unchanged.
func (r *request) parseRequest(before spec.Spec) spec.Spec {
	s := spec.Spec{
		Profile: r.text("profile"), Event: r.text("event"), Template: r.text("template"), Key: before.Key,
		Reading: spec.Reading{
			Dates: r.text("dates"), Sheet: r.PostFormValue("sheet"), Encoding: r.text("encoding"),
			HeaderRow: r.text("header_row"),
			Surname:   r.text("surname"), JointNames: r.text("joint_names"),
			MissingColumns: r.text("missing_columns"),
			Hidden:         r.text("hidden"), NoteRows: r.text("note_rows"), Mapping: map[string]string{}, Where: before.Where,
			SendWindow: r.text("send_window"), OutsideWindow: r.text("outside_window"),
			NearMisses: r.nearMisses(before.NearMisses),
		},
	}
	if r.PostFormValue("split") != "" { // an unticked box is not in the form
		s.SplitNames = new(true)
	}
	if s.Template == noEmail {
		s.Template = ""
	}
	if r.PostForm.Has("where") {
		s.Where = r.text("where")
	}
	if r.PostForm.Has("key") {
		s.Key = r.PostFormValue("key")
	}
	list := r.columnChoices()
	taken := mappingOf(list)
	for _, field := range columns.Fields() {
		if header, is := taken[field]; is {
			s.Mapping[field] = header
			continue
		}
		if kept, is := before.Mapping[field]; is && !decides(list, field, kept) && !r.PostForm.Has("from."+field) &&
			!r.PostForm.Has("text."+field) {
			s.Mapping[field] = kept
		}
		choice, text := r.PostFormValue("from."+field), r.text("text."+field)
		header, column := strings.CutPrefix(choice, inColumn)
		switch {
		case column:
			s.Mapping[field] = mapped(header)
		case choice == nothing:
			s.Mapping[field] = ""
		case text != "":
			s.Mapping[field] = text
		}
	}
	return s
}

func (r *request) text(field string) string { return strings.TrimSpace(r.PostFormValue(field)) }
