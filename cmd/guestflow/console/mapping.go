package console

// Where a field of a guest comes from, as a form shows it and a wish says it.

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// choice is a column that a field can be taken from.
type choice struct{ Value, Text string }

// fieldShown is where a field comes from.
type fieldShown struct {
	Name, Label string
	From, How   string // as the file is read now; "" for nowhere
	Chosen      string // value of the choice
	Text        string // of a template or a constant
	Samples     []string
	Suggested   *columns.Suggestion
	Percent     int
}

// count is how many rows have a finding.
type count struct {
	Code string
	Rows int
}

// columns fills in what the form is about.
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
		p.Headers = choices(found.Header)
		for _, name := range columns.Fields() {
			p.Fields = append(p.Fields, p.field(name))
		}
	}
	p.Template = p.Upload.Request().Template
	if p.Upload.NoEmail {
		p.Template = noEmail
	}
}

// recognised tells a header from a line that may be a guest: a name or an address is known by its own name, whatever is wished.
// What is chosen says nothing, since a constant for the name makes any line a header.
func recognised(header []string) bool {
	known, _ := columns.Map(header, columns.Options{SplitNames: true}) // what else is wrong with it does not matter
	return slices.ContainsFunc(known.Sources, func(s columns.Source) bool {
		return slices.Contains([]string{columns.FirstName, columns.LastName, columns.FullName, columns.Email}, s.Field)
	})
}

// redact takes from a plan what the first line of its file says. Others are shown the same plan, so it is another one.
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

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// unquoted leaves out what a sentence quotes: names of columns, and of files in an archive.
func unquoted(text string) string { return quotation.ReplaceAllString(text, `"…"`) }

func (p *planShown) field(name string) fieldShown {
	f := fieldShown{Name: name, Label: fieldWords[name]}
	f.Chosen, f.Text = chosen(p.Upload.Request().Mapping, name, p.Headers)
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
	for _, s := range p.Plan.Columns.Suggestions {
		if s.Field == name {
			f.Suggested, f.Percent = &s, int(100*s.Confidence)
		}
	}
	return f
}

var kindWords = map[columns.Kind]string{
	columns.Alias: "its name is known", columns.Chosen: "chosen", columns.Template: "a text with columns in it", columns.Constant: "the same in every row",
	columns.Split: "a part of the full name", columns.OtherPart: "it stands beside the other part of the name",
}

// fieldWords are the fields as people call them.
var fieldWords = map[string]string{
	columns.FirstName: "First name", columns.LastName: "Last name", columns.OtherNames: "Other names", columns.FullName: "Full name, to be split",
	columns.Email: "Email", columns.PlusOnes: "Plus ones", columns.PartySize: "Party size, the guest included", columns.Ignore: "Ignored, whatever it says",
	columns.Notes: "Notes", columns.Tags: "Tags", columns.Barcode: "Barcode", columns.CustomID: "Custom id",
	columns.IsGroup: "Is a group", columns.ValidFrom: "Valid from", columns.ValidTo: "Valid to", columns.EventID: "Event id", columns.TemplateID: "Template id",
}

// The choices of a field beside a column.
const (
	byItself = ""     // as it is recognised, or as the profile says
	nothing  = "none" // it comes from nowhere
	byText   = "text" // from a template or a constant
	inColumn = "in:"  // and a header
)

// noEmail is the template of an import without emails.
const noEmail = "none"

// choices are the columns that a field can be taken from. A header without a text cannot be named; nor can one with braces,
// which stand for something else in a mapping.
func choices(header []string) (list []choice) {
	for _, h := range header {
		if strings.TrimSpace(h) != "" && !strings.Contains(h, "{{") && !strings.Contains(h, "}}") {
			list = append(list, choice{inColumn + h, h})
		}
	}
	return list
}

// mapped makes what a mapping says of a choice: a header that begins like a constant is named in braces.
func mapped(header string) string {
	if strings.HasPrefix(header, "=") {
		return "{{" + header + "}}"
	}
	return header
}

// chosen tells how a field's part of a mapping was chosen.
func chosen(mapping map[string]string, field string, headers []choice) (value, text string) {
	said, is := mapping[field]
	if !is {
		return byItself, ""
	}
	if said == "" {
		return nothing, ""
	}
	for _, h := range headers {
		if mapped(h.Text) == said {
			return h.Value, ""
		}
	}
	return byText, said
}

// formatOf leaves out the name of a file in an archive, which may be a guest's, where guests are not to be seen.
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
	return strings.Join(words, ", ")
}

func delimiterOf(d string) string {
	if name, known := map[string]string{",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[d]; known {
		return name
	}
	return strconv.Quote(d)
}

func counted(codes map[importer.Code]int) (list []count) {
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

// parseRequest reads the form. Whoever was not shown the columns leaves what was chosen of them as it is.
func (r *request) parseRequest(before spec.Spec) spec.Spec {
	w := spec.Spec{
		Profile: r.text("profile"), Event: r.text("event"), Template: r.text("template"), Key: before.Key,
		Reading: spec.Reading{
			Dates: r.text("dates"), Sheet: r.PostFormValue("sheet"), Encoding: r.text("encoding"), HeaderRow: r.text("header_row"),
			Hidden: r.text("hidden"), Mapping: map[string]string{},
		},
	}
	if r.PostFormValue("split") != "" { // a box that is not ticked says nothing
		w.SplitNames = new(true)
	}
	if w.Template == noEmail {
		w.Template = ""
	}
	if r.PostForm.Has("key") {
		w.Key = r.PostFormValue("key")
	}
	for _, field := range columns.Fields() {
		if said, is := before.Mapping[field]; is && !r.PostForm.Has("from."+field) && !r.PostForm.Has("text."+field) {
			w.Mapping[field] = said
		}
		choice, text := r.PostFormValue("from."+field), r.text("text."+field)
		header, column := strings.CutPrefix(choice, inColumn)
		switch {
		case column:
			w.Mapping[field] = mapped(header)
		case choice == nothing:
			w.Mapping[field] = ""
		case text != "":
			w.Mapping[field] = text
		}
	}
	return w
}

func (r *request) text(field string) string { return strings.TrimSpace(r.PostFormValue(field)) }
