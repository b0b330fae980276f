package table

import "fmt"

// Error says that a file cannot be imported at all, why, where, and what to do about it. Nothing of the file was taken.
type Error struct {
	Path    string
	Line    int // 0 when it concerns the whole file
	Problem string
	Advice  string
	Cause   error
}

func (e *Error) Error() string {
	where := e.Path
	if e.Line > 0 {
		where = fmt.Sprintf("%s, line %d", e.Path, e.Line)
	}
	s := where + ": " + e.Problem
	if e.Advice != "" {
		s += "; " + e.Advice
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }
