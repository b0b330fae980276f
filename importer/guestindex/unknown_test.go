package guestindex_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
)

func TestOfAnEventWithoutGuestsNothingIsComparedAndEverythingIsClaimed(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		bob, robert := person(1, "Bob Lee", "bob@x"), person(1, "Robert Lee", "bob@x")
		early := guestindex.For(x.ledger).Comparison()
		compare := func(c *guestindex.Comparison, g guestindex.Guest, want guestindex.Verdict) {
			t.Helper()
			got, err := c.Compare(x.Context(), []guestindex.Guest{g})
			if err != nil || got[0].Verdict != want || got[0].ID != g.ID {
				t.Errorf("row %d is %+v, want %s (%v)", g.Row, got[0], want, err)
			}
		}
		compare(early, robert, guestindex.Create)
		x.claim(x.list("first"), bob, guestindex.Create)
		compare(early, robert, guestindex.Create) // it began before
		compare(guestindex.For(x.ledger).Comparison(), robert, guestindex.Near)
		x.claim(x.list("second"), robert, guestindex.Near)

		elsewhere := robert
		elsewhere.Event = "another event"
		mixed, err := guestindex.For(x.ledger).Comparison().Compare(x.Context(), []guestindex.Guest{elsewhere, robert})
		if err != nil || len(mixed) != 2 || mixed[0].Verdict != guestindex.Create || mixed[1].Verdict != guestindex.Near {
			t.Errorf("a list of two events is compared as %+v (%v)", mixed, err)
		}
		known, err := guestindex.For(x.ledger).Comparison().Knows(x.Context(), []string{"new"})
		if err != nil || known {
			t.Errorf("a new event is known: %v (%v)", known, err)
		}
	})
}
