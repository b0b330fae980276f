package table

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// PanicError is a panic that a file has led to, as an error: files come from outside, and the process that reads one may run workers too.
type PanicError struct {
	What  string
	Stack []byte // of the goroutine that met it; without the arguments' texts
}

// Recovered returns what recover has returned as an error, while the stack still shows where it was. The panic's text is
// kept only where it is Go's own, which quotes nothing: another could quote a guest.
func Recovered(v any) *PanicError {
	what := fmt.Sprintf("a panic with a %T", v)
	if _, own := v.(runtime.Error); own {
		what = fmt.Sprint(v)
	}
	return &PanicError{what, debug.Stack()}
}

func (e *PanicError) Error() string {
	return "guestflow has made a mistake with what is in the file: " + e.What
}
