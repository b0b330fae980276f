package guestindex_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

// ages has all buckets end soon, as if most of the retention were over.
func (x index) ages(client redis.UniversalClient) {
	for _, bucket := range x.buckets(client) {
		client.Expire(x.Context(), bucket, time.Minute)
	}
}

func (x index) buckets(client redis.UniversalClient) []string {
	return client.Keys(x.Context(), x.ledger.Prefix()+"guests:ev:*").Val()
}

// keeps expects that the buckets of guests are kept for long again.
func (x index) keeps(client redis.UniversalClient, want int) {
	x.Helper()
	kept := 0
	for _, bucket := range x.buckets(client) {
		if client.TTL(x.Context(), bucket).Val() > time.Hour {
			kept++
		}
	}
	if kept != want {
		x.Errorf("%d buckets are kept for long, want %d", kept, want)
	}
}

// A list each night whose row is held or left out would otherwise mail the guest once his time is over.
func TestAGuestOfWhomOnlyANearMissComesStaysKnown(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		x.claim(first, person(1, "Ann Lee", "anna@x"), guestindex.Create)
		x.sent(first, 1)
		for row, decision := range []guestindex.Decision{"", guestindex.LeaveOut()} {
			x.ages(client)
			x.claim(second, decided(person(row+1, "Ann Lee", "ana@x"), decision), guestindex.Near)
			x.keeps(client, 1)
		}
	})
}

func TestGuestsWhoComeAgainUnchangedStayKnown(t *testing.T) {
	onIndex(t, func(x index, client redis.UniversalClient) {
		first, second := x.list("first"), x.list("second")
		ann, bob, new := person(1, "Ann Lee", "anna@x"), person(2, "Bob Kim", "bob@x"), person(3, "Cyd Moe", "cyd@x")
		x.claim(first, ann, guestindex.Create)
		x.claim(first, bob, guestindex.Create)
		x.sent(first, 1)
		robert := person(2, "Robert Kim", "bob@x")
		x.sent(first, 2)
		x.claim(second, decided(robert, guestindex.TakeOver(bob.ID)), guestindex.Update)
		ledgertest.Move(x.T, x.ledger, second, ledger.Move{Row: 2, To: ledger.Created})
		before := len(x.buckets(client))
		x.ages(client)
		guests := []guestindex.Guest{person(1, "Ann Lee", "ana@x"), robert, new} // like Ann; taken over; not known
		ledgertest.Must(t, guestindex.For(x.ledger).Renew(x.Context(), guests))
		x.keeps(client, before)
		if after := len(x.buckets(client)); after != before {
			x.Errorf("%d buckets, %d before", after, before)
		}
	})
}
