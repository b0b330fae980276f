package importer

import (
	"errors"
	"strings"
	"testing"
)

func TestAPanicWhileAFileIsReadAheadIsAnErrorOfThatFile(t *testing.T) {
	t.Parallel()
	var none []int
	beyond := len(none)
	for name, l := range map[string]*lookAhead{
		"reading":  {read: func() rawBatch { return rawBatch{first: none[beyond]} }, check: func(rawBatch) batch { return batch{} }},
		"checking": {read: func() rawBatch { return rawBatch{} }, check: func(rawBatch) batch { panic("ann@example.com") }},
	} {
		b := l.next()
		m, is := errors.AsType[*Mistake](b.err)
		if !is {
			t.Fatalf("%s: %v", name, b.err)
		}
		if strings.Contains(m.Error()+string(m.Stack), "ann@") || !strings.Contains(string(m.Stack), "mistake_internal_test.go") {
			t.Errorf("%s: %s\n%s", name, m, m.Stack)
		}
		l.wait()
	}
}
