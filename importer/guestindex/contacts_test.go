package guestindex_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func contact(text string) guestindex.ContactHash {
	sum := sha256.Sum256([]byte(text))
	return guestindex.ContactHash(sum[:7])
}

// person is a row of a list: who is known by address and name.
func person(row int, name, address string) guestindex.Guest {
	g := guestindex.Guest{
		Row: row, ID: uuid.NewSHA1(uuid.Nil, []byte(name+"\x00"+address)), Event: "ev", Template: "T",
		Content: [8]byte([]byte(fmt.Sprintf("%-8.8s", name))), Contact: guestindex.Contact{Name: contact("name " + name)},
	}
	if address != "" {
		g.Contact.Address = contact("address " + address)
	}
	return g
}

// otherwise is a guest of whom something else is said.
func otherwise(g guestindex.Guest) guestindex.Guest {
	g.Content[7]++
	return g
}

func decided(g guestindex.Guest, d guestindex.Decision) guestindex.Guest {
	g.Decision = d
	return g
}

// index is a ledger and its index in a test.
type index struct {
	*testing.T
	ledger *ledger.Ledger
}

// list is an import of so many rows, whose rows are queued.
func (x index) list(name string) string { return ledgertest.NewImport(x.T, x.ledger, name, 9) }

func (x index) claim(id string, g guestindex.Guest, want guestindex.Verdict) guestindex.Claimed {
	x.Helper()
	got, err := guestindex.For(x.ledger).Claim(x.Context(), id, []guestindex.Guest{g})
	ledgertest.Must(x.T, err)
	if got[0].Verdict != want {
		x.Fatalf("row %d is %+v, want %s", g.Row, got[0], want)
	}
	return got[0]
}

func (x index) sent(id string, row int) {
	x.Helper()
	ledgertest.Move(x.T, x.ledger, id, ledger.Move{Row: row, To: ledger.Accepted})
}

func onIndex(t *testing.T, test func(x index, client redis.UniversalClient)) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		test(index{t, l}, client)
	})
}

func TestARowThatIsLikeAKnownGuestClaimsNothingUntilItIsDecided(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		bob := person(1, "Bob Lee", "bob@x")
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		before := client.Keys(x.Context(), "*guests:*").Val()
		for want, g := range map[guestindex.Alike]guestindex.Guest{
			{ID: bob.ID, Owner: ledger.Owner{Import: first, Row: 1}, SameAddress: true}: person(1, "Robert Lee", "bob@x"),
			{ID: bob.ID, Owner: ledger.Owner{Import: first, Row: 1}, SameName: true}:    person(2, "Bob Lee", "bob@y"),
			{ID: bob.ID, Owner: ledger.Owner{Import: first, Row: 1}, SameAddress: true, SameName: true}: {
				Row: 3, ID: uuid.New(), Event: "ev", Template: "T", Contact: bob.Contact},
		} {
			got := x.claim(second, g, guestindex.Near)
			if !slices.Equal(got.Alike, []guestindex.Alike{want}) {
				x.Errorf("row %d is like %+v, want %+v", g.Row, got.Alike, want)
			}
			looked, err := guestindex.For(x.ledger).Compare(x.Context(), []guestindex.Guest{g})
			if err != nil || looked[0].Verdict != guestindex.Near || !slices.Equal(looked[0].Alike, got.Alike) {
				x.Errorf("a look gives %+v, %v", looked, err)
			}
		}
		if after := client.Keys(x.Context(), "*guests:*").Val(); len(after) != len(before) {
			x.Errorf("before there was %q, now %q", before, after)
		}
	})
}

func TestAGuestThatARowIsSaidToBeGetsNoSecondEmailByAnyLaterList(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second, third := x.list("first"), x.list("second"), x.list("third")
		bob, robert := person(1, "Bob Lee", "bob@x"), person(4, "Robert Lee", "bob@x")
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		as := decided(robert, guestindex.TakeOver(bob.ID))
		for range 2 { // a killed importer asks again
			if got := x.claim(second, as, guestindex.Update); got.ID != bob.ID {
				x.Errorf("he is updated as %s, want %s", got.ID, bob.ID)
			}
		}
		worker := robert
		worker.ID, worker.Contact = bob.ID, guestindex.Contact{}
		x.claim(second, worker, guestindex.Update)
		ledgertest.Move(x.T, x.ledger, second, ledger.Move{Row: 4, To: ledger.Created})
		if got := x.claim(third, robert, guestindex.Unchanged); got.ID != bob.ID {
			x.Errorf("afterwards he is %s", got.ID)
		}
		// The index knows the one guest by both names: a further correction finds him.
		got := x.claim(x.list("fourth"), person(5, "Robert Lee", "robert@y"), guestindex.Near)
		if len(got.Alike) != 1 || got.Alike[0].ID != bob.ID {
			x.Errorf("another address is like %+v", got.Alike)
		}
		owner, there, err := guestindex.For(x.ledger).Owner(x.Context(), "ev", robert.ID)
		if err != nil || !there || owner.Import != third {
			x.Errorf("the owner is %+v, %t, %v", owner, there, err)
		}
	})
}

func TestARowTakesOverOnlyAGuestWhoIsStillThere(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		bob := person(1, "Bob Lee", "bob@x")
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		x.claim(second, decided(person(1, "Robert Lee", "bob@x"), guestindex.TakeOver(bob.ID)), guestindex.Update)
		// Another row of the same list cannot be him too.
		x.claim(second, decided(person(2, "Bert Lee", "bob@x"), guestindex.TakeOver(bob.ID)), guestindex.Near)
		x.claim(second, person(3, "Eve Lee", "bob@x"), guestindex.Create)
	})
}

func TestFamiliesAndNamesakesStayApart(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		ann, ben := person(1, "Ann Lee", "lee@x"), person(2, "Ben Lee", "lee@x")
		x.claim(first, ann, guestindex.Create)
		x.claim(first, ben, guestindex.Create) // the list itself has both
		x.sent(first, 1)
		x.sent(first, 2)
		cyd := person(3, "Cyd Lee", "lee@x")
		got := x.claim(second, cyd, guestindex.Near)
		if len(got.Alike) != 2 {
			x.Fatalf("she is like %+v", got.Alike)
		}
		x.claim(second, decided(cyd, guestindex.Apart(got.Alike[:1])), guestindex.Near)
		x.claim(second, decided(cyd, guestindex.Apart(got.Alike)), guestindex.Create)
		x.claim(second, cyd, guestindex.Create) // again
		x.sent(second, 3)
		x.claim(x.list("third"), cyd, guestindex.Unchanged)
		// Who was decided on before another came is asked about once more.
		dan := person(4, "Dan Lee", "lee@x")
		x.claim(second, decided(dan, guestindex.Apart(got.Alike)), guestindex.Near)
		x.claim(second, decided(dan, guestindex.Anyway()), guestindex.Create)
	})
}

func TestANameThatManyHaveIsNoNearMiss(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		for row := 1; row <= 4; row++ {
			x.claim(first, person(row, "John Smith", fmt.Sprintf("john%d@x", row)), guestindex.Create)
		}
		x.claim(second, person(1, "John Smith", "john@y"), guestindex.Create)
		x.claim(second, person(2, "Jon Smith", "john1@x"), guestindex.Near)
	})
}

func TestAnAddressThatManyHaveFindsAllOfThem(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first := x.list("first")
		for row := 1; row <= 70; row++ {
			x.claim(first, person(row, fmt.Sprint("Guest ", row), "office@x"), guestindex.Create)
		}
		if got := x.claim(x.list("second"), person(1, "Ann", "office@x"), guestindex.Near); len(got.Alike) != 64 {
			x.Errorf("it is like %d, want 64", len(got.Alike))
		}
	})
}

func TestAGuestWhoNeverCameToBeIsNoNearMiss(t *testing.T) {
	for _, end := range []ledger.State{ledger.Refused, ledger.Cancelled} {
		t.Run(end.String(), func(t *testing.T) {
			onIndex(t, func(x index, _ redis.UniversalClient) {
				first, second := x.list("first"), x.list("second")
				x.claim(first, person(1, "Ann Lee", "ann@exmaple"), guestindex.Create)
				x.claim(second, person(1, "Ann Lee", "ann@example"), guestindex.Near) // she is on her way
				ledgertest.Move(x.T, x.ledger, first, ledger.Move{Row: 1, To: end})
				x.claim(second, person(1, "Ann Lee", "ann@example"), guestindex.Create)
			})
		})
	}
}

// The first list was cancelled, and the row of the second that waited for it has not asked again yet.
func TestAGuestForWhomARowWaitsIsANearMissThoughHisOwnerWasCancelled(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second, third := x.list("first"), x.list("second"), x.list("third")
		dan, corrected := person(1, "Dan Lee", "dan@x"), person(3, "Dan Lee", "dan.d@x")
		x.claim(first, dan, guestindex.Create)
		again := dan
		again.Row = 2
		x.claim(second, again, guestindex.Wait)
		ledgertest.Move(x.T, x.ledger, first, ledger.Move{Row: 1, To: ledger.Cancelled})
		got := x.claim(third, corrected, guestindex.Near)
		if len(got.Alike) != 1 || got.Alike[0].ID != dan.ID || !got.Alike[0].SameName {
			x.Fatalf("he is like %+v", got.Alike)
		}
		if got := x.claim(third, decided(corrected, guestindex.TakeOver(dan.ID)), guestindex.Create); got.ID != dan.ID {
			x.Errorf("the correction is %s, want %s", got.ID, dan.ID)
		}
		worker := again
		worker.Contact = guestindex.Contact{}
		x.claim(second, worker, guestindex.Wait)
		x.sent(third, 3)
		x.claim(second, worker, guestindex.Unchanged)
	})
}

// The old list comes again after its correction, whose guest was new, as the row before had come to nothing.
func TestAGuestWhoNeverCameToBeIsANearMissOfHisCorrection(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second, third := x.list("first"), x.list("second"), x.list("third")
		typo, right := person(1, "Ann Lee", "ann@exmaple"), person(1, "Ann Lee", "ann@example")
		x.claim(first, typo, guestindex.Create)
		ledgertest.Move(x.T, x.ledger, first, ledger.Move{Row: 1, To: ledger.Refused})
		x.claim(second, right, guestindex.Create)
		x.sent(second, 1)
		typo = otherwise(typo)
		typo.Row = 2
		got := x.claim(third, typo, guestindex.Near)
		if len(got.Alike) != 1 || got.Alike[0].ID != right.ID || !got.Alike[0].SameName {
			x.Fatalf("it is like %+v", got.Alike)
		}
		if got := x.claim(third, decided(typo, guestindex.TakeOver(right.ID)), guestindex.Update); got.ID != right.ID {
			x.Errorf("it is %s, want %s", got.ID, right.ID)
		}
		worker := typo
		worker.Row, worker.Contact = 1, guestindex.Contact{}
		// the row that was refused is tried again, and the correction is written first
		x.claim(first, worker, guestindex.Wait)
		ledgertest.Move(x.T, x.ledger, third, ledger.Move{Row: 2, To: ledger.Created})
		x.claim(first, worker, guestindex.Unchanged)
	})
}

// Married, and another address, in two lists of which the first was never decided about.
func TestARowWhoseHalfWayWasHeldIsFound(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		bob := person(1, "Ann Lee", "ann@x")
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		for range 2 {
			got := x.claim(second, person(1, "Ann Smith", "ann@x"), guestindex.Near)
			if a := got.Alike[0]; !a.SameAddress || a.SameName || a.OfHeld {
				x.Errorf("the first half is like %+v", a)
			}
		}
		got := x.claim(x.list("third"), person(1, "Ann Smith", "smith@y"), guestindex.Near)
		if a := got.Alike[0]; len(got.Alike) != 1 || a.ID != bob.ID || !a.SameName || a.SameAddress || !a.OfHeld {
			x.Errorf("both are like %+v", got.Alike)
		}
		owner := map[ledger.Owner]bool{{Import: first, Row: 1}: true}
		if n, err := guestindex.For(x.ledger).Forget(x.Context(), owner, nil); n.Guests != 1 || err != nil {
			x.Fatal(n, err)
		}
		if left := x.ledger.Redis().Keys(x.Context(), "*names:*").Val(); len(left) != 0 {
			x.Errorf("of a forgotten guest there is %q", left)
		}
	})
}

// A column of row numbers that is numbered anew has other people under the same key.
func TestTheKeyOfAGuestWithAnotherNameAndAddressIsANearMiss(t *testing.T) {
	keyed := func(row int, key, name, address string) guestindex.Guest {
		g := person(row, name, address)
		g.ID, g.ByColumn = uuid.NewSHA1(uuid.Nil, []byte(key)), true
		return g
	}
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		x.claim(first, keyed(1, "1", "Ann", "ann@x"), guestindex.Create)
		x.claim(first, keyed(2, "2", "Bob", "bob@x"), guestindex.Create)
		x.sent(first, 1)
		x.sent(first, 2)
		other := keyed(1, "1", "Zoe", "zoe@x")
		got := x.claim(second, other, guestindex.Near)
		if a := got.Alike; len(a) != 1 || a[0].ID != other.ID || a[0].SameName || a[0].SameAddress || a[0].Owner.Row != 1 {
			x.Errorf("it is like %+v", a)
		}
		x.claim(second, decided(other, guestindex.Anyway()), guestindex.Near)
		x.claim(second, otherwise(keyed(3, "2", "Bob", "bob@y")), guestindex.Update)
		for range 2 {
			x.claim(second, decided(other, guestindex.TakeOver(other.ID)), guestindex.Update)
		}
	})
}

func TestALookShowsWhatTakingAGuestOverDoes(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		first := x.list("first")
		mailed, suppressed := person(1, "Ann Lee", "ann@x"), person(2, "Bob Lee", "bob@x")
		x.claim(first, mailed, guestindex.Create)
		x.claim(first, suppressed, guestindex.Create)
		x.sent(first, 1)
		ledgertest.Move(x.T, x.ledger, first, ledger.Move{Row: 2, To: ledger.Suppressed})
		looked, err := guestindex.For(x.ledger).Compare(x.Context(), []guestindex.Guest{
			decided(otherwise(person(1, "Ann Lee", "ann@y")), guestindex.TakeOver(mailed.ID)),
			decided(otherwise(person(2, "Bob Lee", "bob@y")), guestindex.TakeOver(suppressed.ID)),
		})
		if err != nil || looked[0].Verdict != guestindex.Update || looked[1].Verdict != guestindex.UpdateAndSend {
			x.Errorf("%+v, %v", looked, err)
		}
	})
}

// A version before has entered guests without address and name.
func TestGuestsOfTheVersionBeforeAreEnteredAsTheyAreMet(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		ledgertest.Must(x.T, client.HDel(x.Context(), x.ledger.Keys().Import(first), "contacts").Err())
		byIDOnly := func(want int) {
			x.Helper()
			if n, err := guestindex.For(x.ledger).KnownByIDOnly(x.Context(), "ev"); err != nil || n != want {
				x.Errorf("%d are known by id only, %v; want %d", n, err, want)
			}
		}
		ann, ben := person(1, "Ann Lee", "ann@x"), person(2, "Ben Lee", "ben@x")
		for _, g := range []guestindex.Guest{ann, ben} {
			g.Contact = guestindex.Contact{}
			x.claim(first, g, guestindex.Create)
			x.sent(first, g.Row)
		}
		byIDOnly(2)
		x.claim(second, ann, guestindex.Unchanged)
		x.claim(second, person(3, "Cyd Lee", "cyd@x"), guestindex.Create)
		byIDOnly(1)
		x.claim(x.list("third"), person(3, "Anna Lee", "ann@x"), guestindex.Near)
		x.claim(x.list("fourth"), decided(person(3, "Anna Lee", "ann@x"), guestindex.TakeOver(ann.ID)), guestindex.Update)
		byIDOnly(1)
	})
}

func TestOfTwoImportsSideBySideOneHasThePersonAndTheOtherAsks(t *testing.T) {
	onIndex(t, func(x index, _ redis.UniversalClient) {
		lists := []string{x.list("first"), x.list("second")}
		for n := range 20 {
			var claimed [2]guestindex.Claimed
			var both sync.WaitGroup
			for i, name := range []string{"Bob", "Robert"} {
				both.Go(func() {
					got, err := guestindex.For(x.ledger).Claim(x.Context(), lists[i], []guestindex.Guest{
						person(i+1, fmt.Sprint(name, n), fmt.Sprint("bob@", n)),
					})
					if err != nil {
						x.Error(err)
						return
					}
					claimed[i] = got[0]
				})
			}
			both.Wait()
			if a, b := claimed[0].Verdict, claimed[1].Verdict; a == b || min(a, b) != guestindex.Create ||
				max(a, b) != guestindex.Near {
				x.Fatalf("they are %s and %s", a, b)
			}
		}
	})
}

func TestAnIndexedGuestWithAddressAndNameCostsAtMost130Bytes(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	client := redistest.Client(t)
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	id := ledgertest.NewImport(t, l, "memory", 0)
	before := memory(t, client)
	const guests, atOnce = 200_000, 1000
	for from := 1; from < guests; from += atOnce {
		list := make([]guestindex.Guest, atOnce)
		for i := range list {
			list[i] = person(from+i, fmt.Sprint("guest ", from+i), fmt.Sprint(from+i, "@x"))
		}
		if _, err := guestindex.For(l).Claim(context.Background(), id, list); err != nil {
			t.Fatal(err)
		}
	}
	per := float64(memory(t, client)-before) / guests
	if per > 130 {
		t.Fatalf("%.1f bytes a guest, want at most 130", per)
	}
	t.Logf("%.1f bytes a guest", per)
}
