package guest_test

import (
	"testing"
	"time"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/qflow"
)

// A guest whose name is an address would be greeted by it.
func TestAnAddressIsNoNameUnlessAPersonHasSaidSo(t *testing.T) {
	t.Parallel()
	for _, said := range []bool{false, true} {
		o := columns.Options{}
		if said {
			o.Chosen = map[string]string{columns.FirstName: "Email"}
		}
		header := []string{"First Name", "Email"}
		c, problem := columns.Map(header, o)
		if problem != nil {
			t.Fatal(problem)
		}
		v := guest.Validator{Columns: c, Event: "gala", Location: time.UTC}
		var g qflow.Guest
		findings, _ := v.Check(&guest.Record{FirstName: "ida@x.org", Email: "ida@x.org"}, &g)
		if said != (len(findings) == 0) {
			t.Errorf("said %v: %v", said, findings)
		}
		for _, name := range []string{"Ida <ida@x.org>", "Ida (ida@x.org)", "bo@x.org"} {
			findings, _ := v.Check(&guest.Record{FirstName: name, LastName: "Holm", Email: "ida@x.org"}, &g)
			if !said && len(findings) == 0 {
				t.Errorf("%q is a name", name)
			}
		}
	}
}

// A column is judged by its first cells, which may have nothing once they are cleaned.
func TestACellOfWhichNothingIsLeftMayBeAnyField(t *testing.T) {
	t.Parallel()
	for _, field := range columns.Fields() {
		for _, cell := range []string{"", " ", "-", "—", "...", `=""`, "'", "\u200b", "\u00ad", "﹘"} {
			guest.Fits(field, cell)
		}
	}
	for _, cell := range []string{"-", `=""`, "\u200b"} {
		if !guest.Fits(columns.FirstName, cell) {
			t.Errorf("%q is no first name", cell)
		}
	}
}
