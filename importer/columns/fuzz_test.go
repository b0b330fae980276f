package columns_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/rowstatus"
)

// For any header and mapping nothing panics and nothing takes long, and each column is used, ignored, or said to be
// unused.
func FuzzEveryColumnIsUsedOrSaidToBeUnused(f *testing.F) {
	f.Add("First Name,Last Name,Email", "", "Ada,Lovelace,ada@guests.example", false)
	f.Add("Name,Surname,,Email,Email", "email=#4", "Ada Lovelace,Lovelace,x,a@guests.example,b@guests.example", true)
	f.Add("Order code,Attendee name,Status,Number of Guests", "ignore={{Status}} {{#2}}", "A1,Ada Lovelace,paid,2", true)
	f.Add("vollständiger Name,E-Mail,Gruppe", "tags={Gruppe},{{Gruppe}}", "\"Lovelace, Ada\",a@x.example,Family", true)
	f.Fuzz(func(t *testing.T, header, mapping, row string, split bool) {
		head, cells := strings.Split(header, ","), strings.Split(row, ",")
		o := columns.Options{Chosen: map[string]string{}, SplitNames: split, Clean: strings.TrimSpace,
			Rows: [][]string{cells}, Emails: true}
		if field, from, is := strings.Cut(mapping, "="); is {
			o.Chosen[field] = from
		}
		begun := time.Now()
		c, problem := columns.Map(head, o)
		if took := time.Since(begun); took > 2*time.Second {
			t.Fatalf("it took %s", took)
		}
		if problem != nil {
			if problem.Advice == "" {
				t.Fatalf("%v does not say what to do", problem)
			}
			return
		}
		said := len(c.Unused) + len(c.Ignored)
		for i := range head {
			if c.Used(i) {
				said++
			}
		}
		if said < len(head) {
			t.Fatalf("of %d columns %d are accounted for: %+v", len(head), said, c)
		}
		for len(cells) < len(head) {
			cells = append(cells, "")
		}
		if fields := c.Apply(cells[:len(head)], nil); len(fields) != len(c.Names()) || len(c.RowStatuses(cells[:len(head)],
			rowstatus.Origin{}, nil)) > len(head) {
			t.Fatalf("%d fields of %v", len(fields), c.Names())
		}
		if names := c.Names(); len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
			t.Fatalf("a field comes twice: %v", names)
		}
	})
}
