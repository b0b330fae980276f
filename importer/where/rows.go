package where

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// span is a run of numbers.
type span struct{ first, last int }

// CountRows has the test compare numbers of rows: its values are some, or runs of them such as 12-18.
func (t *Test) CountRows() error {
	t.rows = []span{}
	for _, value := range t.Values {
		one, other, is := strings.Cut(strings.ReplaceAll(value, "–", "-"), "-")
		first, err := strconv.Atoi(strings.TrimSpace(one))
		last := first
		if is && err == nil {
			last, err = strconv.Atoi(strings.TrimSpace(other))
		}
		if err != nil || first < 1 || last < first {
			return fmt.Errorf("%q is no number of a row: write 12, or 12-18 for several (%s)", value, t.Column)
		}
		t.rows = append(t.rows, span{first, last})
	}
	if len(t.rows) == 0 {
		return fmt.Errorf("every row has a number: write %s in 12, 15-18, or %s not in 12, 15-18", t.Column, t.Column)
	}
	return nil
}

func (t *Test) hasRow(number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && slices.ContainsFunc(t.rows, func(s span) bool { return s.first <= n && n <= s.last })
}
