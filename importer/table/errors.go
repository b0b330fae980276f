package table

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"guestflow/importer/visible"
)

// Error is why a file cannot be imported at all, where, and what to do about it. Nothing of the file was taken.
type Error struct {
	Path    string
	Line    int // 0 when it concerns the whole file
	Problem string
	Advice  string
	Cause   error

	NeedsAnswer bool // the file can be imported once it is said what is meant, as the advice names it
}

func (e *Error) Error() string {
	where := visible.Line(e.Path)
	if e.Line > 0 {
		where = fmt.Sprintf("%s, line %d", where, e.Line)
	}
	s := where + ": " + e.Problem
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// TempError is an error of the folder for temporary files, and not of the file that was read: it is missing, full, or
// may not be written to. The same file can be read once that is mended.
type TempError struct {
	Folder string
	Cause  error
}

func (e *TempError) Error() string {
	return fmt.Sprintf("the folder for temporary files, %s, cannot be used: %s; make it or make room in it, or set "+
		"TMPDIR to another folder",
		e.Folder, withoutPath(e.Cause))
}

func (e *TempError) Unwrap() error { return e.Cause }

// asTempError returns the *TempError of an error with a temporary file, which is known by its name: ours, or that of
// the library that reads workbooks.
func asTempError(err error) (*TempError, bool) {
	if known, is := errors.AsType[*TempError](err); is {
		return known, true
	}
	at, is := errors.AsType[*fs.PathError](err)
	if !is {
		return nil, false
	}
	name := filepath.Base(at.Path)
	if !strings.HasPrefix(name, "guestflow-") && !strings.HasPrefix(name, "excelize-") {
		return nil, false
	}
	return &TempError{Folder: filepath.Dir(at.Path), Cause: err}, true
}

func unreadable(path string, err error) *Error {
	return &Error{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
}
