package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/guest"
)

// Domains are remembered from row to row, and what was remembered before the first one is none.
func TestAnAddressIsJudgedAloneWhateverStandsAboveIt(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"ada@", "@guests.example", "ada", "a da@guests.example", "ada@guests"} {
		for name, above := range map[string]string{"nothing": "", "a good one": "Byron,byron@guests.example\n",
			"the same": "Byron," + bad + "\n"} {
			_, rows, err := importer.ReadAll(strings.NewReader("First Name,Email\n"+above+"Ada,"+bad+"\n"), gala)
			if err != nil {
				t.Fatal(err)
			}
			if last := rows[len(rows)-1]; len(last.Findings) != 1 || last.Findings[0].Code != guest.BadEmail {
				t.Errorf("%q below %s: %+v", bad, name, last.Findings)
			}
		}
	}
}
