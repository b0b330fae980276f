package guestindex_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// large is a list whose event gets more buckets than usual.
const large = 300_000

func (x index) prepare(guests int) {
	x.Helper()
	if err := guestindex.For(x.ledger).Prepare(x.Context(), "ev", guests); err != nil {
		x.Fatal(err)
	}
}

func TestGuestsOfALargeEventAreFoundByWhoeverLooks(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		early := guestindex.For(x.ledger).Claims(second) // supposes the usual size
		x.prepare(large)
		bob := person(1, "Bob Lee", "bob@x")
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		if n := len(client.Keys(x.Context(), "*guests:ev:14-*").Val()); n != 1 {
			x.Errorf("the guest stands in %d buckets of a large event", n)
		}
		for range 2 {
			got, err := early.Claim(x.Context(), []guestindex.Guest{person(2, "Robert Lee", "bob@x")})
			if err != nil || got[0].Verdict != guestindex.Near || got[0].Alike[0].ID != bob.ID {
				x.Fatalf("%+v, %v", got, err)
			}
		}
		got := x.claim(second, decided(person(2, "Robert Lee", "bob@x"), guestindex.TakeOver(bob.ID)), guestindex.Update)
		if got.ID != bob.ID {
			x.Errorf("Robert is %s, want %s", got.ID, bob.ID)
		}

		i := guestindex.For(x.ledger)
		if o, there, err := i.Owner(x.Context(), "ev", bob.ID); err != nil || !there || o.Import != second {
			x.Errorf("the guest is of %+v, %v, %v", o, there, err)
		}
		if known, err := i.Lookup(x.Context(), "ev", []uuid.UUID{bob.ID}); err != nil || known[0].Owner.Import != second {
			x.Errorf("the guest is looked up as %+v, %v", known, err)
		}
		n := 0
		err := i.Each(x.Context(), "ev", func(known []guestindex.Known) error {
			for _, k := range known {
				if k.Key == guestindex.KeyOf(bob.ID) {
					n++
				}
			}
			return nil
		})
		if err != nil || n != 1 {
			x.Errorf("%d times among the guests of the event, %v", n, err)
		}
		owner := map[ledger.Owner]bool{{Import: second, Row: 2}: true}
		if done, err := i.Forget(x.Context(), owner, nil); err != nil || done.Guests != 1 {
			x.Errorf("%d guests are forgotten, %v", done.Guests, err)
		}
		if left := client.Keys(x.Context(), "*guests:ev:*").Val(); len(left) != 0 {
			x.Errorf("of forgotten guests there is %q", left)
		}
	})
}

func TestAnEventWithGuestsKeepsItsSize(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		bob := person(1, "Bob Lee", "bob@x")
		x.claim(x.list("first"), bob, guestindex.Create)
		x.prepare(large)
		x.claim(x.list("second"), bob, guestindex.Wait)
	})
}

func TestTheFirstListDecidesTheSizeOfAnEvent(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		x.prepare(large)
		bob := person(1, "Bob Lee", "bob@x")
		x.claim(x.list("first"), bob, guestindex.Create)
		x.prepare(100 * large)
		x.claim(x.list("second"), bob, guestindex.Wait)
	})
}

// While guests of an event are kept, so is its size: without it they would not be found.
func TestTheSizeOfAnEventOutlivesItsGuests(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		x.prepare(large)
		first := x.list("first")
		x.claim(first, person(1, "Bob Lee", "bob@x"), guestindex.Create)
		client.Expire(x.Context(), x.ledger.Prefix()+"indexed:ev", 10*time.Second) // as if months had gone by
		plain := person(1, "Bob Lee", "bob@x")
		plain.Contact = guestindex.Contact{}
		x.claim(first, plain, guestindex.Create) // a worker
		for _, bucket := range client.Keys(x.Context(), "*guests:ev:*").Val() {
			of, guests := client.TTL(x.Context(), x.ledger.Prefix()+"indexed:ev").Val(), client.TTL(x.Context(), bucket).Val()
			if guests <= 0 || of <= guests {
				x.Errorf("guests are kept for %v, and the size for %v", guests, of)
			}
		}
	})
}
