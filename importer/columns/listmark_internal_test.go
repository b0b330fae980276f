package columns

import (
	"testing"
)

func TestMarksOfAListAreTakenOffNames(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"- Ida Holm", "- Mia Berg", "Ida Holm"}, {"• Ida Holm", "•Mia Berg", "Ida Holm"}, {"* Ida", "Mia", "Ida"},
		{"1. Ida Holm", "2. Mia Berg", "Ida Holm"},
		{"1) Ida", "2) Mia", "Ida"}, {"(1) Ida", "(2) Mia", "Ida"}, {"1. Ida", "Mia", "1. Ida"},
		{"1. Ida", "1. Mia", "1. Ida"}, {"-Ida", "-Mia", "-Ida"}, {"50 Cent", "2 Chainz", "50 Cent"},
		{"x Ida", "x Mia", "x Ida"}, {"Ida", "Mia", "Ida"},
	} {
		rows := [][]string{{test[0], "ida@example.org"}, {test[1], "mia@example.org"}}
		c, problem := Map([]string{"First Name", "Email"}, Options{Rows: rows})
		if problem != nil {
			t.Fatal(problem)
		}
		if got := c.WithoutListMark(0, test[0]); got != test[2] {
			t.Errorf("%q beside %q is %q, want %q", test[0], test[1], got, test[2])
		}
	}
}
