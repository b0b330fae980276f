package terminal

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

// PrintChoices prints the first rows of a file that could be read in several ways, in each of them.
func PrintChoices(out io.Writer, err error) {
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
			Printf(out, "  %-28s %s\n", flag, visible.Line(strings.Join(row, " | ")))
		}
	}
}

// PrintPlan prints what an import would do: what the file is, where each field comes from, the first rows, what is
// wrong.
func PrintPlan(out io.Writer, p importer.Plan) {
	Printf(out, "  %s\n", formatOf(p))
	for _, c := range p.Undecided {
		Printf(out, "  %s\n", c.Text(true))
	}
	if c := p.Compared; c != nil {
		Printf(out, "  beside earlier imports: %s\n", c.Text())
	}
	if c := p.Compared; c != nil && c.ByIDOnly > 0 {
		Printf(out, "  %s\n", c.ByIDText())
	}
	if c := p.Compared; c != nil && c.CommonNames > 0 {
		Printf(out, "  %s\n", c.CommonText())
	}
	if text := p.GivenAgain.Text(); text != "" {
		Printf(out, "  %s\n", text)
	}
	if p.Again > 0 {
		Printf(out, "  %s had this email already, or will by an earlier import, and would get it again (--resend)\n",
			plural.Of(p.Again, "guest has", "guests have"))
	}
	if text := p.Unsent.Text(); text != "" {
		Printf(out, "  %s\n", text)
	}
	if text := p.Missing.Text(); text != "" {
		Printf(out, "  %s\n", text)
	}
	printNear(out, p.Near)
	for _, text := range p.Namesakes.Texts() {
		Printf(out, "  %s\n", text)
	}
	printGone(out, p.Gone)
	if text := p.Suppressed.String(); text != "" {
		Printf(out, "  %s\n", text)
	}
	for _, s := range p.Columns.Sources {
		fmt.Fprintf(out, "  %-12s from %q (%s)\n", s.Field, s.From, s.Kind)
	}
	if p.Columns.Program != "" {
		Printf(out, "  it looks like an export of %s\n", p.Columns.Program)
	}
	if p.Settings.Dates != "" {
		Printf(out, "  dates are read as %s\n", p.Settings.Dates)
	}
	if p.Settings.Where != "" {
		Printf(out, "  rows that are meant: %s; %d of %d are left out\n", p.Settings.Where, p.Filtered, p.Rows)
	}
	for _, text := range append(p.Notes[:len(p.Notes):len(p.Notes)], p.Meant...) {
		Printf(out, "  %s\n", text)
	}
	for _, header := range p.Columns.Ignored {
		Printf(out, "  column %s is ignored, as configured\n", strconv.Quote(header))
	}
	for _, header := range p.Columns.Unused {
		if isSaid(p, header) && suggestion(p, header) == "" {
			continue
		}
		Printf(out, "  column %s is not used%s\n", strconv.Quote(header), suggestion(p, header))
	}
	printPreview(out, p)
	printFindings(out, "rejected", p.Rejected, p.Findings)
	printFindings(out, "warnings", p.Warned, p.Notices)
	for _, codes := range []map[guest.Code]int{p.Codes, p.Warnings} {
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			Printf(out, "  %6d %s\n", codes[code], code)
		}
	}
}

func formatOf(p importer.Plan) string {
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
	if f.Header > 0 {
		text += fmt.Sprintf(", header in line %d", f.Header)
	}
	return text
}

// isSaid reports whether the plan has begun with a column.
func isSaid(p importer.Plan, header string) bool {
	return slices.ContainsFunc(p.Undecided, func(u rowstatus.Undecided) bool { return u.Header == header })
}

func suggestion(p importer.Plan, header string) string {
	for _, s := range p.Columns.Suggestions {
		if s.Header == header {
			return fmt.Sprintf("; is it %s (%.0f %%)? then: %s", s.Field, 100*s.Confidence, headers.MapFlag(s.Field, s.Name))
		}
	}
	return ""
}

func printPreview(out io.Writer, p importer.Plan) {
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
		fmt.Fprintf(t, "  %d\t%s\t%s\n", row.Line, strings.Join(cells, "\t"), codes(row))
	}
	_ = t.Flush()
}

func codes(row importer.PreviewRow) string {
	var text []string
	if row.Filtered {
		text = append(text, "filtered")
	}
	for _, c := range row.Codes {
		text = append(text, string(c))
	}
	return strings.Join(text, ", ")
}

func printFindings(out io.Writer, what string, rows int, findings []importer.PlacedFinding) {
	if rows == 0 {
		return
	}
	Printf(out, "  %s:\n", what)
	for _, f := range findings {
		at := ""
		if f.Value != "" {
			at = fmt.Sprintf(" %q", f.Value)
		}
		Printf(out, "    line %d: %s%s %s: %s\n", f.Line, f.Column, at, f.Code, f.Text)
	}
	if more := rows - len(findings); more > 0 {
		Printf(out, "    and %s\n", plural.Of(more, "more row"))
	}
}
