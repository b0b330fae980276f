package sandbox_test

import (
	"net/http"
	"sync"
	"testing"

	"guestflow/qflow/sandbox"
)

// TestBooksBalanceUnderConcurrentUse mixes all kinds of calls with changes of switches, for the race detector and for
// the one invariant that everything else relies on: an atomic create never mails a guest twice.
func TestBooksBalanceUnderConcurrentUse(t *testing.T) {
	t.Parallel()
	c := signedIn(t, unlimited)
	var records []map[string]any
	for range 20 {
		records = append(records, invited())
	}
	c.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.LostAfter, Every: 7})
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for _, record := range records {
				c.create(record)
				c.bulk(with(record, "firstName", "Grace"))
				c.call(http.MethodGet, bulkPath, nil)
				c.token(passwordForm())
			}
		})
	}
	work.Go(func() {
		for i := range 50 {
			c.adjust(func(sw *sandbox.Switches) { sw.Trusted, sw.MailHeld = i%2 == 1, i%3 == 0 })
			c.box.History()
		}
	})
	work.Wait()
	c.adjust(func(sw *sandbox.Switches) { sw.MailHeld, sw.Trusted = false, true })
	c.box.ClearFaults()
	for _, record := range records {
		c.create(record).want(http.StatusOK)
	}
	c.settle()
	if sum := c.box.Summary(); sum.Guests != 20 || sum.Emails != 20 || sum.EmailsMax != 1 {
		t.Fatalf("%d guests, %d emails, %d at most", sum.Guests, sum.Emails, sum.EmailsMax)
	}
}

func TestResetWhileInUseIsSafe(t *testing.T) {
	t.Parallel()
	c := signedIn(t, unlimited)
	r := c.receiver(0)
	c.register(r.URL)
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 20 {
				c.create(invited())
				c.token(passwordForm())
			}
		})
	}
	for range 10 {
		c.box.Reset()
	}
	work.Wait()
	c.settle()
}
