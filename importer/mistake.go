package importer

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Mistake is a panic that a file has led to, as an error: files come from anybody, and the process that reads one may have workers.
type Mistake struct {
	What  string
	Stack []byte // of the goroutine that met it; without the arguments' texts
}

// Caught makes a Mistake of what recover gave, while the stack still shows where it was. Its text is kept only where it is Go's
// own, which quotes nothing: another could quote a guest.
func Caught(v any) *Mistake {
	what := fmt.Sprintf("a panic with a %T", v)
	if _, own := v.(runtime.Error); own {
		what = fmt.Sprint(v)
	}
	return &Mistake{what, debug.Stack()}
}

func (m *Mistake) Error() string {
	return "guestflow has made a mistake with what is in the file: " + m.What
}
