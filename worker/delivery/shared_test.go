package delivery_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
	"guestflow/qflow/webhook"
	"guestflow/tokencache/secret"
	"guestflow/worker/delivery"
)

// together mounts two accounts at one address, of which it gives posts that are sent there.
func together(t *testing.T) (acme, beta *post) {
	t.Helper()
	server := redistest.Start(t)
	held := func(sw *sandbox.Switches) { sw.MailHeld = true } // only the test sends
	acme, beta = newPostOn(t, server, "acme", held), newPostOn(t, server, "beta", held)
	var desks []*delivery.Receiver
	for _, p := range []*post{acme, beta} {
		observer := delivery.Observer{Accepted: func(kind webhook.Kind, fate delivery.Result) {
			p.count(func() { p.accepted[string(kind)+" "+string(fate)]++ })
		}}
		desks = append(desks, delivery.New(p.books, newSecrets(t, p.client, p.books), slog.New(slog.DiscardHandler),
			observer))
	}
	refused := func(why webhook.Refusal) { acme.count(func() { acme.refused[why]++ }) }
	shared := httptest.NewServer(delivery.SharedHandler(desks, refused, slog.New(slog.NewTextHandler(&acme.log, nil))))
	t.Cleanup(shared.Close)
	acme.handler, beta.handler = shared, shared
	return acme, beta
}

func TestTheSignatureSaysWhoseADeliveryIs(t *testing.T) {
	t.Parallel()
	acme, beta := together(t)
	for _, p := range []*post{acme, beta} {
		p.guest(1, "ann@x.example", p.correlation(1), ledger.Accepted)
		if status := p.send(p.secret, time.Now(), uuid.NewString(), p.event(1, "delivered")); status != http.StatusOK ||
			p.state(1) != ledger.Delivered {
			t.Errorf("%s: status %d, the row is %s", p.account, status, p.state(1))
		}
		p.wantAccepted("delivered moved", 1)
	}
	// One account's secret says nothing of the other's rows.
	acme.guest(2, "ann@x.example", acme.correlation(2), ledger.Accepted)
	if status := acme.send(beta.secret, time.Now(), uuid.NewString(),
		acme.event(2, "bounced")); status != http.StatusOK || acme.state(2) != ledger.Accepted {
		t.Errorf("status %d, the row is %s", status, acme.state(2))
	}
	beta.wantAccepted("bounced foreign", 1)
	if status := acme.send("forged", time.Now(), "x", acme.event(2, "bounced")); status != http.StatusUnauthorized ||
		acme.refused[webhook.RefusedWrong] != 1 {
		t.Errorf("a forgery: status %d, refused %v", status, acme.refused)
	}
}

func TestWhereOneAccountsSecretCannotBeReadTheOthersStillArrive(t *testing.T) {
	t.Parallel()
	acme, beta := together(t)
	acme.down.Store(true)
	if status := beta.send(beta.secret, time.Now(), "x", `{"event":"comms.test"}`); status != http.StatusOK {
		t.Errorf("of the other account: status %d", status)
	}
	if status := beta.send(acme.secret, time.Now(), "x",
		`{"event":"comms.test"}`); status != http.StatusServiceUnavailable {
		t.Errorf("what may be signed by a secret that cannot be read: status %d, want one that has it come again", status)
	}
}

func TestAFloodOfForgeriesCostsRedisNextToNothingWithSeveralAccounts(t *testing.T) {
	t.Parallel()
	acme, beta := together(t)
	if status := beta.send(beta.secret, time.Now(), "x", `{"event":"comms.test"}`); status != http.StatusOK {
		t.Fatal(status)
	}
	before, begun := acme.commands.Load()+beta.commands.Load(), time.Now()
	for range 500 {
		acme.send(secret.Text("forged"), time.Now(), "x", `{"event":"comms.test"}`)
	}
	looks := 2 + int(time.Since(begun)/(100*time.Millisecond))
	// two accounts, two reads each look, and the connections' own
	if cost := int(acme.commands.Load() + beta.commands.Load() - before); cost > 2*2*looks { // two accounts, two reads each look
		t.Errorf("500 forgeries cost %d commands of Redis", cost)
	}
}
