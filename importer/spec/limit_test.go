package spec_test

import (
	"testing"

	"guestflow/importer/spec"
)

func TestALimitIsANumberOfRowsOrAShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit          spec.Limit
		rejected, rows int
		allowed        bool
	}{
		{"", 20, 20, true}, {" 10% ", 2, 20, true}, {"9.9%", 2, 20, false}, {"2", 2, 20, true}, {"1", 2, 20, false},
		{"0", 0, 20, true}, {"0%", 1, 20, false},
		{"x", 0, 20, false},
	} {
		if got := c.limit.Allows(c.rejected, c.rows); got != c.allowed {
			t.Errorf("%q allows %d of %d: %v", c.limit, c.rejected, c.rows, got)
		}
	}
	for _, bad := range []spec.Limit{"x", "-1", "101%", "5 %%", "NaN%", "1.5"} {
		if bad.Check() == nil {
			t.Errorf("%q is a limit", bad)
		}
	}
}
