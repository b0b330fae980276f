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
