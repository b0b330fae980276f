package guestindex_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// own makes a row the owner of a guest's email.
func own(t *testing.T, l *ledger.Ledger, id string, g guestindex.Guest) {
	t.Helper()
	if claimed, err := guestindex.For(l).Claim(t.Context(), id, []guestindex.Guest{g}); err != nil ||
		claimed[0].Verdict != guestindex.Create {
		t.Fatalf("%+v, %v", claimed, err)
	}
}

func TestTheGuestIndexKnowsWhoseEmailItIs(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		event, invitation, reminder := uuid.NewString(), uuid.NewString(), uuid.NewString()
		one, two := ledgertest.NewImport(t, l, "one", 7), ledgertest.NewImport(t, l, "two", 7)
		g := guestindex.Guest{Row: 7, ID: uuid.New(), Event: event, Template: invitation}
		own(t, l, one, g)
		ledgertest.Move(t, l, one, ledger.Move{Row: 7, To: ledger.Accepted})
		find := func(event, guest, template string) (ledger.Owner, bool) {
			t.Helper()
			o, found, err := guestindex.For(l).EmailOwner(t.Context(), event, guest, template)
			if err != nil {
				t.Fatal(err)
			}
			return o, found
		}
		id := g.ID.String()
		for _, template := range []string{invitation, ""} {
			if o, found := find(event, id, template); !found || o != (ledger.Owner{Import: one, Row: 7}) {
				t.Errorf("template %q: %+v, %v", template, o, found)
			}
		}
		g.Template, g.Row = reminder, 3
		own(t, l, two, g)
		if o, found := find(event, id, reminder); !found || o != (ledger.Owner{Import: two, Row: 3}) {
			t.Errorf("the reminder: %+v, %v", o, found)
		}
		for name, c := range map[string][3]string{
			"either of two":    {event, id, ""},
			"another template": {event, id, uuid.NewString()},
			"another event":    {uuid.NewString(), id, invitation},
			"no event":         {"", id, invitation},
			"another guest":    {event, uuid.NewString(), invitation},
			"no guest":         {event, "", invitation},
			"no GUID":          {event, "../../x", invitation},
		} {
			if o, found := find(c[0], c[1], c[2]); found {
				t.Errorf("%s: %+v", name, o)
			}
		}
	})
}
