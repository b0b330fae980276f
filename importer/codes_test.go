package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer/spec"
)

// A code that several guests have may be the code of none of them.
func TestCodesThatSeveralGuestsHaveAreAskedAboutAndEachAnswerWorks(t *testing.T) {
	t.Parallel()
	for list, guests := range map[string][2]int{ // without the column, and with it
		"Barcode;A7;A7;A7":        {3, 1},
		"Barcode;A7;B8;A7":        {3, 2},
		"Barcode;000126;B8;00126": {0, 0},
		"Custom ID;C1;C1;C1":      {3, 3},
		"Custom ID;C1;C1;":        {3, 3},
		"Custom ID;C1;C1;C2":      {0, 0}, // a couple of one booking
		"Custom ID;C1;;":          {0, 0},
		"Custom ID;C1;C2;C3":      {0, 0},
	} {
		cells := strings.Split(list, ";")
		path := write(t, "First Name,Last Name,Email,"+cells[0]+"\nIda,Holm,ida@x.example,"+cells[1]+"\nBo,Ek,bo@x.example,"+
			cells[2]+"\nUna,Vik,una@x.example,"+cells[3]+"\n")
		q, err := questionOf(t, path, spec.Reading{})
		if len(offered(q)) != 2 && guests[0] > 0 || guests[0] == 0 && err != nil {
			t.Errorf("%s: %v", list, err)
			continue
		}
		for i, choice := range offered(q) {
			if plan, err := planOf(t, path, chosen(choice)); err != nil || plan.Guests != guests[i] {
				t.Errorf("%s, with %s: %d guests: %v", list, choice.Flag(), plan.Guests, err)
			}
		}
	}
}
