package personname

import (
	"strings"
	"testing"

	"guestflow/importer/headers"
)

// A cell of a mebibyte costs a few looks at each of its characters: by the square it would take minutes.
func TestALongNameIsSplitInBoundedTime(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		strings.Repeat("a b", 1<<17) + strings.Repeat(",x", 1<<18), strings.Repeat("(+", 1<<18), strings.Repeat("& ", 1<<18),
	} {
		Splitter{}.Split(cell)
		IsJoint(cell, headers.FirstName)
	}
}
