package listcheck

import (
	"fmt"
	"strconv"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

// askSurplus asks about a header below which every row has an empty cell more: rows may end in a delimiter, as some
// programs write them, or the header lacks one, and what is below its names belongs to others then. Addresses below the
// name of the email show which it is, for all that is left of them.
func askSurplus(path string, file *table.Reader, c *columns.Columns, s spec.Spec) *table.Error {
	if file.Surplus() == 0 || s.HeaderRow != "" || c.Program != "" {
		return nil
	}
	glued, shifted := -1, ""
	for i := alignedUpTo(c, file.Sample()); i < len(c.Header); i++ {
		switch {
		case glued >= 0 && c.Used(i):
			shifted = c.Header[i]
		case glued < 0 && headers.FieldOf(c.Header[i]) == "":
			glued = i
		}
	}
	if shifted == "" {
		return nil
	}
	header, line := file.Header()
	problem := fmt.Sprintf("every row has %s and the header %d, with nothing in the last ones: rows may end in a "+
		"delimiter, or the header lacks one, such as in %q, and then what is below %q belongs to another column",
		plural.Of(len(header)+file.Surplus(), "cell"), len(header), visible.Shorten(header[glued]), visible.Shorten(shifted))
	choice := table.Choice{Option: "header-row", Value: strconv.Itoa(line)}
	return &table.Error{
		Path: path, Line: line, NeedsAnswer: true, Problem: problem,
		Cause: &table.Question{Text: problem, Choices: []table.Choice{choice}},
		Advice: "correct the header line; or, if it is right, say so: " + choice.Flag() +
			" (header_row in the profile, “Header line” in the console)",
	}
}

// alignedUpTo returns the column behind the email, if addresses stand below its name, or else the first.
func alignedUpTo(c *columns.Columns, rows [][]string) int {
	for i, field := range c.Fields {
		if field != columns.Email {
			continue
		}
		addresses, others := 0, 0
		for _, row := range rows {
			switch {
			case i >= len(row) || strings.TrimSpace(row[i]) == "":
			case strings.Contains(row[i], "@"):
				addresses++
			default:
				others++
			}
		}
		if addresses > others {
			return i + 1
		}
	}
	return 0
}
