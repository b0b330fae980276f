package importer

import (
	"fmt"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// FileError says that a file cannot be imported at all, why, where, and what to do about it. Nothing of the file was taken.
type FileError = table.Error

// Columns is what each column of a file is taken for.
type Columns = columns.Columns

// TempError says that the folder for temporary files is at fault, and not the file: the same file can be imported later.
type TempError = table.TempError

// RejectsError says that a file has more rejected rows than the settings allow. Nothing of it was taken, and a person may
// still decide to import its good rows.
type RejectsError struct {
	Path     string
	Rows     int
	Rejected int
	Allowed  spec.Limit
	Strict   bool // the settings allow none
	First    PlacedFinding
}

func (e *RejectsError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Path, e.Problem(), e.Advice())
}

// Problem is what is wrong, and Advice what to do about it.
func (e *RejectsError) Problem() string {
	allowed := string(e.Allowed) + " are allowed"
	if e.Strict {
		allowed = "a strict import allows none"
	}
	return fmt.Sprintf("%d of %s %s rejected, and %s; the first is at line %d: %s", e.Rejected, plural.Of(e.Rows, "row"), plural.Word(e.Rejected, "is", "are"), allowed, e.First.Line, e.First.Text)
}

// Advice is what a person can do.
func (e *RejectsError) Advice() string { return "correct the file, or allow more rejects" }
