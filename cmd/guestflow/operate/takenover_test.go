package operate_test

import (
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// An email goes by the last of several lists, each of which has corrected the one before; what is said of it names
// that one, and what becomes of it when that one is cancelled.
func TestAnEmailThatWasTakenOverIsFollowedToTheLastList(t *testing.T) {
	t.Parallel()
	o := open(t)
	first, second := ledgertest.NewImport(t, o.Ledger, "first", 3), ledgertest.NewImport(t, o.Ledger, "second", 3)
	third := ledgertest.NewImport(t, o.Ledger, "third", 3)
	takes := func(of string, ofRow int, by string, row int) {
		t.Helper()
		done, err := o.Ledger.Replace(t.Context(), []ledger.Replacement{{
			Of: ledger.Owner{Import: of, Row: ofRow}, By: ledger.Owner{Import: by, Row: row},
		}})
		if err != nil || !done[0] {
			t.Fatal(done, err)
		}
	}
	refused := func(id, row string, want ...string) {
		t.Helper()
		rows, err := operate.ParseRows(row)
		if err == nil {
			_, err = o.PlanResend(t.Context(), operate.ResendRequest{Import: id, Rows: rows})
		}
		for _, part := range want {
			if !operate.IsRefused(err) || !strings.Contains(err.Error(), part) {
				t.Errorf("row %s of %s is refused by %v, want %s", row, id, err, part)
			}
		}
	}
	warns := func(id string, rows []int, want string) {
		t.Helper()
		list, err := o.CancelWarnings(t.Context(), id, rows)
		if said := strings.Join(list, "; "); err != nil || want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("before %s is cancelled it says %q, %v; want %q", id, said, err, want)
		}
	}
	takes(first, 1, second, 2)
	takes(first, 2, second, 3)
	takes(second, 2, third, 1)
	refused(first, "1", "it goes by row 1 of import "+third)
	refused(second, "2", "it goes by row 1 of import "+third)
	warns(first, nil, "")
	warns(third, nil, "1 of these emails was taken over from import "+second+", and goes from neither then")
	warns(third, []int{2}, "")
	warns(second, nil, "1 of these emails was taken over from import "+first)

	if _, err := o.Ledger.Calls.BeginBulk(t.Context(), first, nil, 3); err != nil {
		t.Fatal(err)
	}
	if _, err := o.CancelRows(t.Context(), anna, first, []int{1, 3}); !operate.IsRefused(err) ||
		!strings.Contains(err.Error(), "row 1 is on its way already, or settled; of row 3 the guest was written "+
			"within the last minute") {
		t.Errorf("of a guest who is being written it says %v", err)
	}

	result, err := o.CancelRows(t.Context(), anna, second, []int{1, 3})
	if want := "2 rows were cancelled; 1 of these emails was taken over from import " + first +
		", and goes from neither until this list is imported again"; err != nil || result != want {
		t.Errorf("%q, %v; want %q", result, err, want)
	}
	refused(first, "2", "it was to go by row 3 of import "+second+", which is cancelled")
	audit, err := o.AuditLog(t.Context(), second, 1)
	if err != nil || len(audit) != 1 || audit[0].Actor != "anna" || !strings.HasPrefix(audit[0].Before, "rows 1,3; ") {
		t.Errorf("the audit log has %+v, %v", audit, err)
	}

	ledgertest.Move(t, o.Ledger, third, ledger.Move{Row: 1, To: ledger.Accepted})
	refused(first, "1", "it is that of row 1 of import "+third, "guestflow resend "+third+" 1")
	ledgertest.Must(t, o.Redis.Del(t.Context(), o.Ledger.Prefix()+"import:"+third).Err())
	refused(first, "1", "row 1 of import "+third+", which is no longer kept")
}

// The list that took an email over was cancelled, and came again.
func TestAnEmailOfACancelledListIsThatOfTheNextOne(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := ledgertest.NewImport(t, o.Ledger, "first", 1)
	second := o.imports("Ann,Lee,ann@example.com,1")
	of, by := ledger.Owner{Import: first, Row: 1}, ledger.Owner{Import: second.ID, Row: 1}
	if done, err := o.Ledger.Replace(t.Context(), []ledger.Replacement{{Of: of, By: by}}); err != nil || !done[0] {
		t.Fatal(done, err)
	}
	if _, err := o.Steer(t.Context(), anna, operate.Cancel, second.ID, 1); err != nil {
		t.Fatal(err)
	}
	third := o.imports("Ann,Lee,ann@example.com,1", "Bob,Ray,bob@example.com,2")
	_, err := o.PlanResend(t.Context(), operate.ResendRequest{Import: first, Rows: []int{1}})
	if !operate.IsRefused(err) || !strings.Contains(err.Error(), "it goes by row 1 of import "+third.ID) {
		t.Errorf("it is refused by %v", err)
	}
}
