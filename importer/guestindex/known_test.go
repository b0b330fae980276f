package guestindex_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// Of a guest's id the index keeps a part, under which each guest is found again, and no other.
func TestEveryGuestOfAnEventIsListedUnderTheKeyOfHisID(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		event := uuid.NewString()
		one := ledgertest.NewImport(t, l, "one", 300)
		want, ids := map[guestindex.GuestKey]int{}, []uuid.UUID{uuid.New()} // the first is in no index
		for row := 1; row <= 300; row++ {
			g := guestindex.Guest{Row: row, ID: uuid.New(), Event: event, Template: uuid.NewString(),
				Content: [8]byte{byte(row)}}
			own(t, l, one, g)
			want[guestindex.KeyOf(g.ID)] = row
			ids = append(ids, g.ID)
		}
		own(t, l, one, guestindex.Guest{Row: 1, ID: uuid.New(), Event: uuid.NewString()}) // of another event
		known, err := guestindex.For(l).Lookup(t.Context(), event, ids)
		if err != nil || known[0].Owner.Import != "" {
			t.Fatalf("%+v, %v", known[0], err)
		}
		for i, k := range known[1:] {
			if k.Owner != (ledger.Owner{Import: one, Row: i + 1}) || k.Content != [8]byte{byte(i + 1)} {
				t.Errorf("guest %d: %+v", i+1, k)
			}
		}
		n := 0
		err = guestindex.For(l).Each(t.Context(), event, func(known []guestindex.Known) error {
			for _, k := range known {
				if n++; want[k.Key] != k.Owner.Row || k.Owner.Import != one {
					t.Errorf("%+v, want row %d", k, want[k.Key])
				}
			}
			return nil
		})
		if err != nil || n != 300 {
			t.Errorf("%d guests, %v", n, err)
		}
	})
}
