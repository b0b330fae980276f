package rows

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer/table"
)

func TestAPanicWhileAFileIsReadAheadIsAnErrorOfThatFile(t *testing.T) {
	t.Parallel()
	var none []int
	beyond := len(none)
	for name, l := range map[string]*readAhead{
		"reading": {read: func() rawBatch { return rawBatch{first: none[beyond]} },
			check: func(rawBatch) checkedBatch { return checkedBatch{} }},
		"checking": {read: func() rawBatch { return rawBatch{} },
			check: func(rawBatch) checkedBatch { panic("ann@example.com") }},
	} {
		b := l.next()
		m, is := errors.AsType[*table.PanicError](b.err)
		if !is {
			t.Fatalf("%s: %v", name, b.err)
		}
		if strings.Contains(m.Error()+string(m.Stack), "ann@") ||
			!strings.Contains(string(m.Stack), "panicerror_internal_test.go") {
			t.Errorf("%s: %s\n%s", name, m, m.Stack)
		}
		l.wait()
	}
}
