package worker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/delivery"
)

// reported is a farm whose sandbox reports to a receiver of the account, by payloads that name no address.
type reported struct {
	*farm
	suppressed *suppression.Set
	kill       atomic.Bool // the receiver dies over its deliveries, after it has suppressed the address
}

func newReported(t *testing.T, adjust func(*sandbox.Switches)) *reported {
	t.Helper()
	return newReportedOn(t, newFarm(t, sandbox.Options{Seed: 1, Adjust: func(sw *sandbox.Switches) {
		sw.ZonePerMinute, sw.SendPerMinute, sw.WebhookRetryMS, sw.WebhookAddress = 0, 0, 20, "no"
		if adjust != nil {
			adjust(sw)
		}
	}}))
}

func newReportedOn(t *testing.T, f *farm) *reported {
	t.Helper()
	r := &reported{farm: f, suppressed: suppression.For(f.ledger)}
	ring, err := tokencache.ParseKeys(secret.Text(strings.Repeat("42", 32)))
	if err != nil {
		t.Fatal(err)
	}
	secrets := delivery.NewSecrets(f.redis, f.ledger.Prefix(), f.account, ring)
	handler := delivery.New(f.ledger, secrets, f.log, delivery.Observer{}).Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.kill.Load() {
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	cache := f.tokens(f.redis)
	t.Cleanup(func() { _ = cache.Close() })
	api, err := qflow.New(qflow.Config{URL: f.url, SubscriptionKey: secret.Text(sandbox.Defaults().SubscriptionKey)},
		worker.Tokens{Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	made, out := api.RegisterWebhook(t.Context(), server.URL)
	if err := out.Err(); err != nil {
		t.Fatal(err)
	}
	change, err := secrets.BeginChange(t.Context(), "test")
	if err == nil {
		err = change.Commit(t.Context(), made.URL, made.Secret, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// list writes a list with these addresses, each of a guest of his own, whose last names tell lists apart.
func list(t *testing.T, last string, addresses ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i, a := range addresses {
		fmt.Fprintf(&b, "Ann%d,%s,%s\n", i, last, a)
	}
	return write(t, b.String())
}

func (r *reported) importNow(last string, addresses ...string) string {
	r.t.Helper()
	s := settings(template)
	s.NearMisses = "new" // they are others
	return r.importFile(list(r.t, last, addresses...), s)
}

// states waits until an import is over, and returns the states of its rows.
func (r *reported) states(id string) []ledger.State {
	r.t.Helper()
	imp := r.awaitDone(id)
	marks, err := r.ledger.RowBytes(r.t.Context(), id, 1, imp.Rows)
	if err != nil {
		r.t.Fatal(err)
	}
	states := make([]ledger.State, len(marks))
	for i, m := range marks {
		states[i] = m.State()
	}
	if imp.Counts.Total() != imp.Rows {
		r.t.Errorf("import %s: %d rows, and its states add up to %d", id, imp.Rows, imp.Counts.Total())
	}
	return states
}

func (r *reported) wantStates(id string, want ...ledger.State) {
	r.t.Helper()
	if got := r.states(id); !slices.Equal(got, want) {
		r.t.Errorf("import %s: %v, want %v", id, got, want)
	}
}

// awaitSuppressed waits until an address is suppressed for a reason: nothing of a delivery can be waited on.
func (r *reported) awaitSuppressed(address string, why suppression.Reason) {
	r.t.Helper()
	r.until(string(why)+" is known", func() bool {
		e, err := r.suppressed.Check(r.t.Context(), address)
		return err == nil && e[0].Reason == why
	})
}

// mails returns how many emails each address was sent.
func (r *reported) mails() map[string]int {
	books := r.sandbox.History()
	address, sent := map[string]string{}, map[string]int{}
	for _, g := range books.GuestList {
		address[g.ID] = g.Email
	}
	for _, e := range books.EmailList {
		sent[address[e.GuestID]] += e.Count
	}
	return sent
}

func TestAnAddressThatBouncedComplainedOrUnsubscribedIsNotMailedByALaterImport(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"no", "yes"} {
		t.Run("address in payloads: "+payload, func(t *testing.T) {
			t.Parallel()
			r := newReported(t, func(sw *sandbox.Switches) { sw.WebhookAddress = payload })
			defer r.work()()
			addresses := []string{"bounce@x.example", "spam@x.example", "unsubscribe@x.example", "drop@x.example",
				"defer@x.example", "fine@x.example"}
			r.states(r.importNow("Lee", addresses...))
			r.awaitSuppressed("bounce@x.example", suppression.Bounced)
			r.awaitSuppressed("spam@x.example", suppression.Complained)
			r.awaitSuppressed("unsubscribe@x.example", suppression.Unsubscribed)
			before := r.mails()
			for i, a := range addresses {
				addresses[i] = strings.ToUpper(a)
			}
			second := r.importNow("Kim", addresses...) // others with the same addresses
			r.awaitDone(second)
			for row, want := range []bool{true, true, true, false, false, false} {
				if got := r.states(second)[row] == ledger.Suppressed; got != want {
					t.Errorf("%s: suppressed %v", addresses[row], got)
				}
			}
			after := r.mails()
			for _, a := range addresses[:3] {
				if before[strings.ToLower(a)] != 1 || after[a] != 0 {
					t.Errorf("%s: %d emails before, %d after it was suppressed", a, before[strings.ToLower(a)], after[a])
				}
			}
			if s := r.sandbox.Summary(); s.Guests != 12 || s.Emails != 9 {
				t.Errorf("Qflow has %d guests and %d emails; those without an email are to be made as well", s.Guests, s.Emails)
			}
		})
	}
}

// Promise: who has unsubscribed or complained is not mailed at another address that a list has of him, whatever the
// template, until a person lifts that; and the plan says so.
func TestWhoHasDeclinedAtAnAddressIsNotMailedAtHisNext(t *testing.T) {
	t.Parallel()
	r := newReported(t, nil)
	defer r.work()()
	guests := func(place string) string {
		return write(t, "No,First Name,Last Name,Email\n1,Spam,Lee,spam@"+place+"\n2,Una,Kim,unsubscribe@"+place+"\n3,Fay,Berg,fay@"+place+"\n")
	}
	r.states(r.importFile(guests("old.example"), settings(template)))
	r.awaitSuppressed("spam@old.example", suppression.Complained)
	r.awaitSuppressed("unsubscribe@old.example", suppression.Unsubscribed)
	r.sandbox.Adjust(func(sw *sandbox.Switches) { sw.MailHeld = true }) //nolint:errcheck // known
	s := settings(sandbox.Defaults().SecondTemplate)
	s.NearMisses = "update"
	bring := func(path, again string) []ledger.State {
		t.Helper()
		s.Again = again
		to := s.Beside(r.ledger)
		to.Account, to.Suppressed = r.account, r.suppressed.Check
		plan, err := importer.MakePlan(t.Context(), path, to)
		if err != nil {
			t.Fatal(err)
		}
		states := r.states(r.importFile(path, to))
		sent, withheld := 0, 0
		for _, state := range states {
			switch state {
			case ledger.Accepted, ledger.Delivered:
				sent++
			case ledger.Suppressed:
				withheld++
			default:
			}
		}
		if plan.Emails != sent || plan.Suppressed.Total() != withheld {
			t.Errorf("%s: the plan says %d emails, and %v; the rows are %v", again, plan.Emails, plan.Suppressed, states)
		}
		return states
	}
	moved := guests("new.example")
	for _, again := range []string{"one", "two"} { // known by the new address the second time
		if got := bring(moved, again); got[0] != ledger.Suppressed || got[1] != ledger.Suppressed {
			t.Errorf("%s: %v", again, got)
		}
	}
	for _, a := range []string{"spam@old.example", "unsubscribe@old.example"} {
		if _, err := r.suppressed.Lift(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if got := bring(moved, "three"); got[0] != ledger.Accepted || got[1] != ledger.Accepted {
		t.Errorf("once they are lifted: %v", got)
	}
	r.checkBooks(3, 6)
}

func TestASoftBounceCountsOnlyWhereQflowDoesNotSayThatItIsOne(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]ledger.State{"said": ledger.Accepted, "unsaid": ledger.Suppressed} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newReported(t, func(sw *sandbox.Switches) { sw.BounceKind = kind })
			defer r.work()()
			first := r.importNow("Lee", "soft@x.example", "bounce@x.example")
			r.awaitSuppressed("bounce@x.example", suppression.Bounced)
			r.await(first, "both are known to have bounced",
				func(i ledger.Import) bool { return i.Counts[ledger.Undeliverable] == 2 })
			r.sandbox.Adjust(func(sw *sandbox.Switches) { sw.MailHeld = true }) //nolint:errcheck // known
			r.wantStates(r.importNow("Kim", "soft@x.example", "bounce@x.example"), want, ledger.Suppressed)
		})
	}
}

// The address is suppressed when its row is parked: that and the opening of the gate may be weeks apart.
func TestARowThatIsParkedWhenItsAddressIsSuppressedIsNotMailed(t *testing.T) {
	t.Parallel()
	r := newReported(t, func(sw *sandbox.Switches) { sw.Trusted = false })
	r.ladder = []time.Duration{time.Hour} // no probe of its own
	defer r.work()()
	id := r.importNow("Lee", "ann@x.example", "bob@x.example", "cid@x.example")
	r.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 3 })
	if _, err := r.suppressed.Add(t.Context(), "ANN@x.example", "bob@x.example"); err != nil {
		t.Fatal(err)
	}
	if err := r.sandbox.Adjust(func(sw *sandbox.Switches) { sw.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	if _, err := r.gates().Open(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	r.awaitDone(id)
	r.until("the last email is there", func() bool { return r.mails()["cid@x.example"] == 1 })
	if got := r.states(id); got[0] != ledger.Suppressed || got[1] != ledger.Suppressed {
		t.Errorf("%v", got)
	}
	if sent := r.mails(); sent["ann@x.example"]+sent["bob@x.example"] != 0 {
		t.Errorf("mailed: %v", sent)
	}
	r.checkBooks(3, 1)
}

func TestAGateIsNotProbedWithASuppressedAddress(t *testing.T) {
	t.Parallel()
	r := newReported(t, func(sw *sandbox.Switches) { sw.Trusted = false })
	stop := r.work()
	id := r.importNow("Lee", "ann@x.example", "bob@x.example")
	r.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 2 })
	stop()
	if _, err := r.suppressed.Add(t.Context(), "ann@x.example"); err != nil {
		t.Fatal(err)
	}
	if err := r.sandbox.Adjust(func(sw *sandbox.Switches) { sw.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	defer r.work()()
	r.awaitDone(id)
	if got := r.states(id)[0]; got != ledger.Suppressed {
		t.Errorf("row 1 is %s", got)
	}
	r.checkBooks(2, 1)
}

func TestAGuestWhoseAddressWasLiftedIsMailedOnceHeComesAgainUnlessHeHasTheEmail(t *testing.T) {
	t.Parallel()
	r := newReported(t, nil)
	defer r.work()()
	r.states(r.importNow("Lee", "had@x.example"))
	if _, err := r.suppressed.Add(t.Context(), "had@x.example", "not@x.example"); err != nil {
		t.Fatal(err)
	}
	again := func(name string) string {
		s := settings(template)
		s.Again = name
		return r.importFile(list(t, "Lee", "had@x.example", "not@x.example"), s)
	}
	had := func(s ledger.State) bool {
		return s == ledger.Unchanged || s == ledger.Delivered || s == ledger.Accepted
	}
	first := r.states(again("one"))
	if !had(first[0]) || first[1] != ledger.Suppressed {
		t.Errorf("while they are suppressed: %v", first)
	}
	if second := r.states(again("two")); second[1] != ledger.Suppressed {
		t.Errorf("while they are suppressed, once more: %v", second)
	}
	for _, a := range []string{"had@x.example", "not@x.example"} {
		if _, err := r.suppressed.Lift(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	last := r.states(again("three"))
	if !had(last[0]) || !had(last[1]) {
		t.Errorf("once they are lifted: %v", last)
	}
	r.checkBooks(2, 2)
}

func TestASuppressedGuestIsWrittenWithTheContentOfHisRow(t *testing.T) {
	t.Parallel()
	r := newReported(t, nil)
	defer r.work()()
	if _, err := r.suppressed.Add(t.Context(), "ann@x.example"); err != nil {
		t.Fatal(err)
	}
	for i, tags := range []string{"VIP", "Press"} {
		path := write(t, "First Name,Last Name,Email,Tags\nAnn,Lee,ann@x.example,"+tags+"\n")
		r.wantStates(r.importFile(path, settings(template)), ledger.Suppressed)
		if g := r.sandbox.History().GuestList; len(g) != 1 {
			t.Errorf("list %d: Qflow has %d guests", i, len(g))
		}
	}
	r.checkBooks(1, 0)
}

// A delivery over which the receiver dies comes again.
func TestAKillBetweenDeliveryAndItsAnswerLosesNoSuppression(t *testing.T) {
	t.Parallel()
	r := newReported(t, func(sw *sandbox.Switches) { sw.WebhookRetries = 12 })
	defer r.work()()
	r.kill.Store(true)
	r.states(r.importNow("Lee", "bounce@x.example"))
	r.kill.Store(false)
	r.awaitSuppressed("bounce@x.example", suppression.Bounced)
}

func TestEventsOfOneAccountSuppressNothingInAnother(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	adjust := sandbox.Options{Seed: 1, Adjust: func(sw *sandbox.Switches) { sw.ZonePerMinute, sw.SendPerMinute = 0, 0 }}
	acme, beta := newReportedOn(t, newFarmOn(t, server, "acme", adjust)),
		newReportedOn(t, newFarmOn(t, server, "beta", adjust))
	defer acme.work()()
	defer beta.work()()
	acme.states(acme.importNow("Lee", "bounce@x.example"))
	acme.awaitSuppressed("bounce@x.example", suppression.Bounced)
	id := beta.importNow("Lee", "bounce@x.example")
	beta.awaitDone(id)
	if got := beta.states(id)[0]; got == ledger.Suppressed {
		t.Error("suppressed in the other account")
	}
	if beta.sandbox.Summary().Emails != 1 {
		t.Error("the other account sent no email")
	}
}

// The answer to the first call is lost, so that its email may be out; then the address is suppressed.
func TestARowWhoseEmailMayBeOutRestsInUnknownWhenItsAddressIsSuppressed(t *testing.T) {
	t.Parallel()
	r := newReported(t, nil)
	id := r.importNow("Lee", "ann@x.example")
	if _, err := r.ledger.Calls.BeginAtomic(t.Context(), id, nil, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.suppressed.Add(t.Context(), "ann@x.example"); err != nil {
		t.Fatal(err)
	}
	defer r.work()()
	r.wantStates(id, ledger.Unknown)
	r.checkBooks(1, 0)
	why, err := r.ledger.Reasons(t.Context(), id, []int{1})
	if err != nil || why[0].Code != "suppressed_later" {
		t.Errorf("%v, %v", why, err)
	}
	// A person who has it sent again decides about the row, and not about the address.
	imp, err := r.ledger.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := r.importer().Retry(t.Context(), imp, true); err != nil || done.Rows != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	r.until("the row is settled", func() bool { return r.states(id)[0] == ledger.Suppressed })
	r.checkBooks(1, 0)
}

// Promise: an address that is suppressed after its chunk was loaded, and before its call, is not mailed.
func TestAnAddressThatIsSuppressedWhileItsRowWaitsForItsCallIsNotMailed(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Seed: 1, Adjust: noLimits})
	f.screenLasts = time.Nanosecond // the second look of a row that waits for five seconds
	sandboxed, err := url.Parse(f.url)
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan struct{})
	tokens, proxy := http.NewServeMux(), httputil.NewSingleHostReverseProxy(sandboxed)
	tokens.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { // no call is made before there is a token
		<-released
		proxy.ServeHTTP(w, r)
	})
	server := httptest.NewServer(tokens)
	t.Cleanup(server.Close)
	f.tokenURL = server.URL + "/core/connect/token"
	id := f.importFile(list(t, "Lee", "late@x.example", "fine@x.example"), settings(template))
	f.work()
	f.until("both chunks are loaded, and their addresses were looked for", func() bool {
		return f.redis.StrLen(t.Context(), f.ledger.Keys().Addresses(id)).Val() >= 16
	})
	if _, err := suppression.For(f.ledger).Add(t.Context(), "late@x.example"); err != nil {
		t.Fatal(err)
	}
	close(released)
	r := &reported{farm: f}
	r.wantStates(id, ledger.Suppressed, ledger.Accepted)
	if sent := r.mails(); sent["late@x.example"] != 0 || sent["fine@x.example"] != 1 {
		t.Errorf("there are %v", sent)
	}
}
