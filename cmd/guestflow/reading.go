package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"guestflow/importer"
	"guestflow/importer/columns"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

// reading is how a file is read. Each has a key in a profile too. A flag wins over it, and it over what the environment and the
// configuration file say for all lists.
type reading struct {
	Map        map[string]string `help:"Where a field comes from: a header, a text with {{Header}} in it, =constant, or nothing. Such as --map 'tags=VIP, {{Session}}'." mapsep:"none" group:"Reading"`
	SplitNames *bool             `help:"Take a column of full names apart where there are no others." negatable:"" group:"Reading"`
	Dates      string            `help:"Form of dates that are not ISO 8601, such as DD.MM.YYYY HH:mm; or the order of their numbers alone, DMY, MDY or YMD." group:"Reading"`
	Sheet      string            `help:"Sheet of a workbook; its first visible one by default." group:"Reading"`
	Encoding   string            `help:"Encoding of a text file that does not say it, such as gbk or windows-1251; found out by default." group:"Reading"`
	HeaderRow  string            `help:"Line of the header, or none where the file has none: columns are then called A, B, C, as in --map first_name=A." group:"Reading"`
	Hidden     string            `help:"Whether hidden and filtered rows and columns of a workbook are imported (read) or left out (skip)." group:"Reading"`
	Strict     *bool             `help:"Import nothing of a file with a rejected row." negatable:"" group:"Reading"`
	MaxRejects importer.Limit    `help:"Import nothing of a file with more rejected rows than this, such as 10 or 5%." group:"Reading"`

	sheetIfAny bool // the sheet stands outside, for workbooks among other lists
}

// reading gives a profile's ways of reading, checked.
func (p profile) reading() (reading, error) {
	most, err := importer.ParseLimit(p.MaxRejects)
	if err != nil {
		return reading{}, errors.New("max_rejects is neither a number of rows such as 10 nor a share such as 5%")
	}
	r := reading{Map: p.Mapping, SplitNames: p.SplitNames, Dates: p.Dates, Sheet: p.Sheet, Encoding: p.Encoding, HeaderRow: p.HeaderRow, Hidden: p.Hidden,
		Strict: p.Strict, MaxRejects: most}
	return r, r.into(&importer.Settings{})
}

// ways are what a command says of how lists are read.
type ways struct {
	typed reading // over a profile
	rest  reading // behind it
}

// ways tells what was typed from what stands in the environment and in the configuration file.
func (r reading) ways(line *kong.Context) ways {
	is := func(flag string) bool { return typed(line, flag) }
	return ways{typed: r.only(is), rest: r.only(func(flag string) bool { return !is(flag) })}
}

// of gives how the lists of a profile are read.
func (w ways) of(profile reading) reading {
	r := w.typed.over(profile.over(w.rest))
	r.sheetIfAny = w.typed.Sheet == "" && profile.Sheet == ""
	return r
}

// deciding are the fields that decide whom an import mails, and who is the same guest (importer/identify.go).
var deciding = []string{
	columns.TemplateID, columns.EventID, columns.Email, columns.FirstName, columns.LastName, columns.OtherNames, columns.FullName,
	columns.CustomID, columns.Barcode, columns.Ignore,
}

// forProfile forgets what stands outside of profiles for these fields: as with event, template and key, it stands in the profile
// or nowhere. A profile without a template mails nobody, and a guest of yesterday's list is the same today, whatever is written
// for other lists. What is typed still wins.
func (w ways) forProfile() ways {
	w.rest.Map = maps.Clone(w.rest.Map)
	maps.DeleteFunc(w.rest.Map, func(field, _ string) bool { return slices.Contains(deciding, field) })
	return w
}

// only leaves some of the flags set.
func (r reading) only(keep func(flag string) bool) reading {
	for flag, forget := range map[string]func(){
		"map": func() { r.Map = nil }, "split-names": func() { r.SplitNames = nil }, "dates": func() { r.Dates = "" },
		"sheet": func() { r.Sheet = "" }, "encoding": func() { r.Encoding = "" }, "header-row": func() { r.HeaderRow = "" }, "hidden": func() { r.Hidden = "" },
		"strict": func() { r.Strict = nil }, "max-rejects": func() { r.MaxRejects = importer.Limit{} },
	} {
		if !keep(flag) {
			forget()
		}
	}
	return r
}

// over gives other ways of reading, with these over them.
func (r reading) over(under reading) reading {
	merged := maps.Clone(under.Map)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, r.Map)
	r.Map = merged
	r.SplitNames, r.Strict = cmp.Or(r.SplitNames, under.SplitNames), cmp.Or(r.Strict, under.Strict)
	r.Dates, r.Sheet, r.MaxRejects = cmp.Or(r.Dates, under.Dates), cmp.Or(r.Sheet, under.Sheet), cmp.Or(r.MaxRejects, under.MaxRejects)
	r.Encoding, r.HeaderRow, r.Hidden = cmp.Or(r.Encoding, under.Encoding), cmp.Or(r.HeaderRow, under.HeaderRow), cmp.Or(r.Hidden, under.Hidden)
	return r
}

// into writes them into an import's settings, and checks them.
func (r reading) into(to *importer.Settings) error {
	to.Mapping, to.SplitNames, to.DateLayout, to.Sheet = r.Map, said(r.SplitNames), r.Dates, r.Sheet
	to.SheetIfAny = r.sheetIfAny
	to.Encoding, to.HeaderRow, to.Hidden = r.Encoding, r.HeaderRow, r.Hidden
	to.Strict, to.MaxRejects = said(r.Strict), r.MaxRejects
	if err := to.Check(); err != nil {
		return &usageError{err.Error()}
	}
	return nil
}

func said(flag *bool) bool { return flag != nil && *flag }

// yes is a box that was ticked: one that was not says nothing.
func yes(ticked bool) *bool {
	if ticked {
		return &ticked
	}
	return nil
}

// showChoices prints the first rows of a file that could be read in several ways, in each of them.
func showChoices(out io.Writer, err error) {
	doubt, is := errors.AsType[*table.Question](err)
	if !is {
		return
	}
	for _, c := range doubt.Choices {
		for i, row := range c.Sample {
			flag := ""
			if i == 0 {
				flag = c.Flag()
			}
			printf(out, "  %-28s %s\n", flag, visible.Line(strings.Join(row, " | ")))
		}
	}
}

// showPlan prints what an import would do: what the file is, where each field comes from, the first rows, what is wrong.
func showPlan(out io.Writer, p importer.Plan) {
	printf(out, "  %s\n", format(p))
	if c := p.Compared; c != nil {
		printf(out, "  beside earlier imports: %d new, %d changed, %d unchanged, %d in the hands of another import\n", c.New, c.Changed, c.Unchanged, c.Waiting)
	}
	for _, s := range p.Columns.Sources {
		fmt.Fprintf(out, "  %-12s from %q (%s)\n", s.Field, s.From, s.Kind)
	}
	if p.Columns.Program != "" {
		printf(out, "  it looks like an export of %s\n", p.Columns.Program)
	}
	if p.Settings.DateLayout != "" {
		printf(out, "  dates are read as %s\n", p.Settings.DateLayout)
	}
	for _, header := range p.Columns.Ignored {
		printf(out, "  column %s is ignored, whatever it says\n", strconv.Quote(header))
	}
	for _, header := range p.Columns.Unused {
		printf(out, "  column %s is not used%s\n", strconv.Quote(header), suggestion(p, header))
	}
	showPreview(out, p)
	showFindings(out, "rejected", p.Rejected, p.Findings)
	showFindings(out, "warnings", p.Warned, p.Notices)
	for _, codes := range []map[importer.Code]int{p.Codes, p.Warnings} {
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			printf(out, "  %6d %s\n", codes[code], code)
		}
	}
}

func format(p importer.Plan) string {
	f := p.Format
	text := string(f.Container)
	if f.Member != "" {
		text += fmt.Sprintf(" (%s)", f.Member)
	}
	if f.Encoding != "" {
		text += ", " + string(f.Encoding)
	}
	if f.Delimiter != "" {
		text += fmt.Sprintf(", delimiter %q", f.Delimiter)
	}
	return text
}

func suggestion(p importer.Plan, header string) string {
	for _, s := range p.Columns.Suggestions {
		if s.Header == header {
			return fmt.Sprintf("; is it %s (%.0f %%)? then: --map '%s=%s'", s.Field, 100*s.Confidence, s.Field, header)
		}
	}
	return ""
}

func showPreview(out io.Writer, p importer.Plan) {
	if len(p.Preview) == 0 {
		return
	}
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fields := []string{}
	for _, s := range p.Columns.Sources {
		fields = append(fields, s.Field)
	}
	fmt.Fprintf(t, "  LINE\t%s\t\n", strings.ToUpper(strings.Join(fields, "\t")))
	for _, row := range p.Preview {
		cells := make([]string, len(fields))
		for i, field := range fields {
			cells[i] = visible.Line(strings.ReplaceAll(row.Fields[field], "\n", " "))
		}
		fmt.Fprintf(t, "  %d\t%s\t%s\n", row.Line, strings.Join(cells, "\t"), codes(row.Codes))
	}
	_ = t.Flush()
}

func codes(list []importer.Code) string {
	text := make([]string, len(list))
	for i, c := range list {
		text[i] = string(c)
	}
	return strings.Join(text, ", ")
}

func showFindings(out io.Writer, what string, rows int, findings []importer.PlacedFinding) {
	if rows == 0 {
		return
	}
	printf(out, "  %s:\n", what)
	for _, f := range findings {
		at := ""
		if f.Value != "" {
			at = fmt.Sprintf(" %q", f.Value)
		}
		printf(out, "    line %d: %s%s %s: %s\n", f.Line, f.Column, at, f.Code, f.Text)
	}
	if more := rows - len(findings); more > 0 {
		printf(out, "    and %d more rows\n", more)
	}
}
