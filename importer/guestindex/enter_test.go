package guestindex_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// entered is what an import does that enters its guests.
type entered struct {
	index
	id string
	to *guestindex.Entering
}

func (x index) enter(name string) entered {
	x.Helper()
	id := ledgertest.Begun(x.T, x.ledger, name, "", 99).ID
	to, err := guestindex.For(x.ledger).Claims(id).Enter(x.Context(), "ev")
	ledgertest.Must(x.T, err)
	return entered{x, id, to}
}

func (e entered) guests(guests ...guestindex.Guest) (known []int) {
	e.Helper()
	known, err := e.to.Guests(e.Context(), guests)
	ledgertest.Must(e.T, err)
	return known
}

func (e entered) contacts(guests ...guestindex.Guest) (known []int) {
	e.Helper()
	var addresses, names []guestindex.GuestContact
	for _, g := range guests {
		if g.Contact.Address != (guestindex.ContactHash{}) {
			addresses = append(addresses, guestindex.GuestContact{Row: g.Row, ID: g.ID, Hash: g.Contact.Address})
		}
		names = append(names, guestindex.GuestContact{Row: g.Row, ID: g.ID, Hash: g.Contact.Name})
	}
	some, err := e.to.Addresses(e.Context(), addresses)
	ledgertest.Must(e.T, err)
	more, err := e.to.Names(e.Context(), names)
	ledgertest.Must(e.T, err)
	for _, at := range some {
		known = append(known, addresses[at].Row)
	}
	for _, at := range more {
		known = append(known, names[at].Row)
	}
	slices.Sort(known)
	return slices.Compact(known)
}

// all enters guests and what they have, and returns those who are left to be claimed.
func (e entered) all(guests []guestindex.Guest) (unclaimed []guestindex.Guest) {
	e.Helper()
	rows := map[int]bool{}
	for _, at := range e.guests(guests...) {
		rows[guests[at].Row] = true
	}
	for _, row := range e.contacts(guests...) {
		rows[row] = true
	}
	for n := -1; n < len(rows); {
		n = len(rows)
		e.to.EachShared(func(shared []int32) {
			known := slices.ContainsFunc(shared, func(row int32) bool { return rows[int(row)] })
			for _, row := range shared {
				if known {
					rows[int(row)] = true
				}
			}
		})
	}
	return slices.DeleteFunc(slices.Clone(guests), func(g guestindex.Guest) bool { return !rows[g.Row] })
}

func (e entered) finish() {
	e.Helper()
	ledgertest.Must(e.T, e.to.Finish(e.Context(), 0))
}

func TestOfTwoListsSideBySideOneFindsTheOthersGuests(t *testing.T) {
	ada, other := person(1, "Ada Ek", "ada@guests.example"), person(2, "Ada Holm", "ada@guests.example")
	namesake := person(3, "Ada Ek", "ek@guests.example")
	cases := map[string]func(x index){
		"who comes between the records and the addresses": func(x index) {
			a := x.enter("first")
			a.guests(ada)
			x.claim(x.list("second"), other, guestindex.Create)
			if known := a.contacts(ada); len(known) != 1 {
				t.Errorf("known are %v", known)
			}
			x.claim(a.id, ada, guestindex.Near)
			x.claim(a.id, ada, guestindex.Near)
		},
		"who comes after the addresses": func(x index) {
			a := x.enter("first")
			a.guests(ada)
			a.contacts(ada)
			x.claim(x.list("second"), other, guestindex.Near)
			a.finish()
			x.claim(x.list("second"), namesake, guestindex.Near)
			x.claim(a.id, ada, guestindex.Create)
		},
		"whose importer is killed is compared by the next one": func(x index) {
			a := x.enter("first")
			a.guests(ada)
			x.claim(x.list("second"), other, guestindex.Create)
			x.claim(a.id, ada, guestindex.Near)
		},
		"whose importer is killed, in a list of namesakes": func(x index) {
			a := x.enter("first")
			a.guests(ada, namesake)
			x.claim(a.id, ada, guestindex.Create)
			x.claim(a.id, namesake, guestindex.Create)
		},
		"who is in both lists, and like one of a third": func(x index) {
			a := x.enter("first")
			a.guests(ada)
			x.claim(x.list("third"), other, guestindex.Create)
			x.claim(x.list("second"), ada, guestindex.Near)
		},
		"who is in both lists beside a namesake": func(x index) {
			a := x.enter("first")
			a.guests(ada, namesake)
			a.contacts(ada)
			x.claim(x.list("second"), namesake, guestindex.Create)
		},
		"once a guest's row is queued he was compared": func(x index) {
			a := x.enter("first")
			a.guests(ada)
			x.claim(x.list("second"), other, guestindex.Create)
			ledgertest.Move(x.T, x.ledger, a.id, ledger.Move{Row: 1, To: ledger.Queued})
			x.claim(a.id, ada, guestindex.Create)
			x.claim(x.list("third"), ada, guestindex.Wait)
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) { onIndex(t, func(x index, _ redis.UniversalClient) { test(x) }) })
	}
}

func TestNobodyIsEnteredInAnIndexOfAnotherSizeOrForAnImportThatIsGone(t *testing.T) {
	ada := person(1, "Ada Ek", "ada@guests.example")
	onIndex(t, func(x index, client redis.UniversalClient) {
		a := x.enter("first")
		ledgertest.Must(x.T, guestindex.For(x.ledger).Prepare(x.Context(), "ev", 1_000_000))
		gone := x.enter("second")
		ledgertest.Expire(x.T, x.ledger, client, gone.id)
		for _, e := range []entered{a, gone} {
			if _, err := e.to.Guests(x.Context(), []guestindex.Guest{ada}); !errors.Is(err, guestindex.ErrNotEntered) {
				x.Errorf("%v, want that nobody is entered", err)
			}
		}
		if known, err := guestindex.For(x.ledger).Knows(x.Context(), ada); known || err != nil {
			x.Errorf("the guest is known: %v (%v)", known, err)
		}
	})
}

// Lists with shared addresses and names, and with guests whom the index knows already; and one of many namesakes.
func TestTheIndexIsTheSameWhetherGuestsWereEnteredOrClaimed(t *testing.T) {
	const rows = 600
	for name, c := range map[string]struct{ names, every int }{
		"every tenth is known": {names: rows, every: 10}, "many have one name": {names: rows / 10},
	} {
		t.Run(name, func(t *testing.T) { entersAsItClaims(t, rows, c.names, c.every) })
	}
}

func entersAsItClaims(t *testing.T, rows, names, every int) {
	t.Helper()
	var known, list []guestindex.Guest
	random := rand.New(rand.NewPCG(1, 2))
	for row := 1; row <= rows; row++ {
		g := person(row, fmt.Sprintf("Guest %d", random.IntN(names)), fmt.Sprintf("g%d@guests.example", random.IntN(rows)))
		g.ID[0], g.ID[1] = byte(row%3), 0 // some to a bucket
		g.ID[9] = byte(row)
		list = append(list, g)
		if every > 0 && row%every == 0 {
			known = append(known, otherwise(g))
		}
	}
	onIndex(t, func(x index, client redis.UniversalClient) {
		got := map[bool]map[string]string{}
		verdicts := map[bool][]guestindex.Verdict{}
		for _, enter := range []bool{false, true} {
			l, err := ledger.For(client, fmt.Sprint("account-", enter))
			ledgertest.Must(x.T, err)
			ledgertest.Must(x.T, claimAll(x.Context(), l, ledgertest.NewImport(x.T, l, "before", rows), known))
			in := index{x.T, l}
			id := ledgertest.Begun(x.T, l, "list", "", rows).ID
			unclaimed := list
			verdicts[enter] = slices.Repeat([]guestindex.Verdict{guestindex.Create}, rows)
			if enter {
				unclaimed = in.enter("list").all(list)
			}
			for some := range slices.Chunk(unclaimed, 50) { // the store in memory takes its time for one, with the race detector
				claimed, err := guestindex.For(l).Claim(x.Context(), id, some)
				ledgertest.Must(x.T, err)
				for i, c := range claimed {
					verdicts[enter][some[i].Row-1] = c.Verdict
				}
			}
			got[enter] = dump(x.T, client, l)
		}
		for field, want := range got[false] {
			if is := got[true][field]; is != want {
				x.Errorf("%q is %q where guests were entered, want %q", field, is, want)
			}
		}
		if len(got[true]) != len(got[false]) || !slices.Equal(verdicts[false], verdicts[true]) {
			x.Errorf("%d fields and %v, want %d and %v", len(got[true]), verdicts[true], len(got[false]), verdicts[false])
		}
	})
}

func claimAll(ctx context.Context, l *ledger.Ledger, id string, guests []guestindex.Guest) error {
	_, err := guestindex.For(l).Claim(ctx, id, guests)
	return err
}

// dump returns all fields of an account's index. The guests of an address or a name have no order.
func dump(t *testing.T, client redis.UniversalClient, l *ledger.Ledger) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, kind := range []string{"guests:", "addresses:", "names:"} {
		keys, err := client.Keys(t.Context(), l.Prefix()+kind+"*").Result()
		ledgertest.Must(t, err)
		for _, key := range keys {
			fields, err := client.HGetAll(t.Context(), key).Result()
			ledgertest.Must(t, err)
			if left := client.TTL(t.Context(), key).Val(); left <= 0 {
				t.Errorf("%s stays for ever", key)
			}
			for field, value := range fields {
				if kind != "guests:" {
					ids := slices.Collect(slices.Chunk([]byte(value), 16))
					slices.SortFunc(ids, bytes.Compare)
					value = string(bytes.Join(ids, nil))
				}
				all[strings.TrimPrefix(key, l.Prefix())+" "+field] = value
			}
		}
	}
	return all
}
