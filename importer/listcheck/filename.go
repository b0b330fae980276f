package listcheck

import (
	"fmt"
	"path/filepath"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/filename"
	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// nameOfList is a file's name without its folder and its ending.
func nameOfList(path string) string {
	name := filename.Original(path)
	for _, ending := range []string{".gz", filepath.Ext(strings.TrimSuffix(name, ".gz"))} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// askFileName asks about a file whose name says that its guests are not meant, such as declined.csv; nil for any other,
// and for one that says itself who is meant, or of which a person has said it.
func (u *Check) askFileName(path string, s spec.Spec, c *columns.Columns) *table.Error {
	name := nameOfList(path)
	if s.Where != "" || c.IgnoresFileName() || u.statuses.SaysWho() || !rowstatus.NameSaysNotMeant(name) {
		return nil
	}
	problem := fmt.Sprintf("the name of the file says that its guests may not be meant (%s), and all would be imported", name)
	ignore, _ := headers.MapChoice(columns.Ignore, rowstatus.FileName)
	all := table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever names and columns say"}
	return &table.Error{
		Path: path, NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{ignore, all}},
		Advice: "if they are not meant, do not import it (guestflow discard, for a file that waits); so that no other list mails them either, " +
			"add it to the suppressed addresses (guestflow suppress add, and its name); if they are, say that its name decides " +
			"nothing: " + headers.MapFlag(columns.Ignore, c.Ignoring(rowstatus.FileName)) + " (ignore in the profile's mapping, “Ignored” in the console), or that " +
			"nothing does: --where all",
	}
}
