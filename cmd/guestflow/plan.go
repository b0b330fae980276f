package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

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
			terminal.Printf(out, "  %-28s %s\n", flag, visible.Line(strings.Join(row, " | ")))
		}
	}
}

// showPlan prints what an import would do: what the file is, where each field comes from, the first rows, what is wrong.
func showPlan(out io.Writer, p importer.Plan) {
	terminal.Printf(out, "  %s\n", format(p))
	if c := p.Compared; c != nil {
		terminal.Printf(out, "  beside earlier imports: %d new, %d changed, %d unchanged, %d in the hands of another import\n", c.New, c.Changed, c.Unchanged, c.Waiting)
	}
	for _, s := range p.Columns.Sources {
		fmt.Fprintf(out, "  %-12s from %q (%s)\n", s.Field, s.From, s.Kind)
	}
	if p.Columns.Program != "" {
		terminal.Printf(out, "  it looks like an export of %s\n", p.Columns.Program)
	}
	if p.Settings.Dates != "" {
		terminal.Printf(out, "  dates are read as %s\n", p.Settings.Dates)
	}
	for _, header := range p.Columns.Ignored {
		terminal.Printf(out, "  column %s is ignored, whatever it says\n", strconv.Quote(header))
	}
	for _, header := range p.Columns.Unused {
		terminal.Printf(out, "  column %s is not used%s\n", strconv.Quote(header), suggestion(p, header))
	}
	showPreview(out, p)
	showFindings(out, "rejected", p.Rejected, p.Findings)
	showFindings(out, "warnings", p.Warned, p.Notices)
	for _, codes := range []map[importer.Code]int{p.Codes, p.Warnings} {
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			terminal.Printf(out, "  %6d %s\n", codes[code], code)
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
	terminal.Printf(out, "  %s:\n", what)
	for _, f := range findings {
		at := ""
		if f.Value != "" {
			at = fmt.Sprintf(" %q", f.Value)
		}
		terminal.Printf(out, "    line %d: %s%s %s: %s\n", f.Line, f.Column, at, f.Code, f.Text)
	}
	if more := rows - len(findings); more > 0 {
		terminal.Printf(out, "    and %d more rows\n", more)
	}
}
