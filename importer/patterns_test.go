package importer_test

import (
	"testing"

	"guestflow/importer/pattern"
)

// A wrong one would end the import of the first list that has a cell for it.
func TestAllPatternsCanBeCompiled(t *testing.T) {
	if n := pattern.Compile(); n < 50 {
		t.Errorf("there are %d patterns", n)
	}
}
