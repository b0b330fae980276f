package worker_test

import (
	"fmt"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/qflow/sandbox"
)

// declining is a guest whose lists have him at one address after the other, and who says no at one of them.
type declining struct {
	*reported
	key string
}

// list is a list that has him at an address.
func (d declining) list(address, template string) (path string, s importer.Settings) {
	s = settings(template)
	s.Key, s.NearMisses = d.key, "update"
	s.Again = fmt.Sprint("list ", time.Now().UnixNano()) // no list is a repetition
	s = s.Beside(d.ledger)
	s.Account, s.Suppressed = d.account, d.suppressed.Check
	return write(d.t, "No,First Name,Last Name,Email\n1,Una,Kim,"+address+"\n2,Fay,Berg,fay@x.example\n"), s
}

// bring imports such a list, and waits until it is over.
func (d declining) bring(address, template string) string {
	path, s := d.list(address, template)
	id := d.importFile(path, s)
	d.awaitDone(id)
	return id
}

// Promise: who has said no at one of his addresses is not mailed at the next one, also if no email of ours has ever gone to
// the one at which he said so; plan and rows say the same, and a person who lifts that address has him mailed.
func TestANoCountsAtEachAddressThatAListHasHadOfAGuest(t *testing.T) {
	t.Parallel()
	const old, then, last = "una@old.example", "una@then.example", "una@last.example"
	kinds := map[suppression.Reason]suppression.Reason{suppression.Unsubscribed: suppression.UnsubscribedBefore,
		suppression.Complained: suppression.ComplainedBefore, suppression.ByHand: suppression.ByHandBefore}
	for name, before := range map[string]func(d declining, no func()){
		"said before any list":        func(d declining, no func()) { no(); d.bring(old, "") },
		"said before the first email": func(d declining, no func()) { no(); d.bring(old, template) },
		"said once he was created":    func(d declining, no func()) { d.bring(old, ""); no() },
		"said two addresses ago":      func(d declining, no func()) { d.bring(old, ""); d.bring(then, ""); no() },
		"said two addresses ago, at the first email": func(d declining, no func()) {
			no()
			d.bring(old, template)
			d.bring(then, "")
		},
		"said at the address between": func(d declining, no func()) {
			d.bring(last, "")
			d.bring(old, "")
			d.bring(last, "")
			no()
		},
		"said of one whose lists repeat": func(d declining, no func()) {
			d.bring(old, "")
			d.bring(then, "")
			d.bring(then, "")
			no()
		},
	} {
		for why, at := range kinds {
			for _, key := range []string{"", "No"} {
				t.Run(fmt.Sprint(name, ", ", why, ", key ", key), func(t *testing.T) {
					t.Parallel()
					d := declining{newReported(t, nil), key}
					defer d.work()()
					before(d, func() { d.say(why, old) })
					d.wantWithheld(last, at)
					if _, err := d.suppressed.Lift(t.Context(), old); err != nil {
						t.Fatal(err)
					}
					d.bring(last, template)
					if n := d.mails()[last]; n != 1 {
						t.Errorf("once it was lifted: %d emails", n)
					}
				})
			}
		}
	}
}

// Of an email that waits no worker has seen the address by the time that a later list corrects it.
func TestANoAtTheAddressToWhichAnEmailWaitsCountsOnceThatIsCorrected(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "No"} {
		d := declining{newReported(t, nil), key}
		id := d.importFile(d.list("una@old.example", template))
		d.pause(id)
		d.say(suppression.Unsubscribed, "una@old.example")
		path, s := d.list("una@new.example", template)
		plan, err := importer.MakePlan(t.Context(), path, s)
		d.must(err)
		if plan.Suppressed[suppression.UnsubscribedBefore] != 1 {
			t.Errorf("key %q: the plan says: %v", key, plan.Suppressed)
		}
		moved := d.importFile(path, s)
		defer d.work()()
		d.until("the corrected row is over", func() bool {
			marks, err := d.ledger.RowBytes(t.Context(), moved, 1, 1)
			return err == nil && marks[0].State().Class() != ledger.Open
		})
		if marks, err := d.ledger.RowBytes(t.Context(), moved, 1, 1); err != nil || marks[0].State() != ledger.Suppressed {
			t.Errorf("key %q: the row is %v, %v; emails %v", key, marks[0].State(), err, d.mails())
		}
	}
}

func (d declining) pause(id string) { d.must(d.ledger.Pause(d.t.Context(), id)) }

func (d declining) say(why suppression.Reason, address string) {
	d.t.Helper()
	var err error
	if why == suppression.ByHand {
		_, err = d.suppressed.Add(d.t.Context(), address)
	} else {
		_, err = d.suppressed.Report(d.t.Context(), address, why, time.Now())
	}
	d.must(err)
}

// wantWithheld brings a list with an email for him, of which plan and rows say that it is withheld.
func (d declining) wantWithheld(address string, why suppression.Reason) {
	d.t.Helper()
	for _, of := range []string{template, sandbox.Defaults().SecondTemplate} {
		path, s := d.list(address, of)
		plan, err := importer.MakePlan(d.t.Context(), path, s)
		d.must(err)
		if plan.Suppressed[why] != 1 || plan.Suppressed.Total() != 1 {
			d.t.Errorf("the plan says: %v", plan.Suppressed)
		}
		if got := d.states(d.importFile(path, s)); got[0] != ledger.Suppressed {
			d.t.Errorf("the rows are %v; emails %v", got, d.mails())
		}
	}
	if n := d.mails()[address]; n != 0 {
		d.t.Errorf("%d emails at %s", n, address)
	}
}

// The guest has another address by now, and the email would go there.
func TestAnEmailForAGuestWhomALaterImportHasMovedIsWithheldByTheAddressThatItGoesTo(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		suppressed string
		why        suppression.Reason
		want       ledger.State
	}{
		{"old@x.example", suppression.Bounced, ledger.Accepted},
		{"old@x.example", suppression.Unsubscribed, ledger.Suppressed},
		{"new@x.example", suppression.Bounced, ledger.Suppressed},
	} {
		suppressed, want := of.suppressed, of.want
		t.Run(fmt.Sprint(suppressed, " ", of.why), func(t *testing.T) {
			t.Parallel()
			r := newReported(t, nil)
			defer r.work()()
			path := list(t, "Lee", "old@x.example")
			first := r.importFile(path, settings(template))
			r.states(first)
			s := settings(template)
			s.NearMisses = "update"
			moved := list(t, "Lee", "new@x.example")
			r.states(r.importFile(moved, s))
			s.Again = "unchanged" // this one has the say from now on, and no worker has seen it
			r.wantStates(r.importFile(moved, s), ledger.Unchanged)
			if _, err := r.suppressed.Report(t.Context(), suppressed, of.why, time.Now()); err != nil {
				t.Fatal(err)
			}
			imp, err := r.ledger.Import(t.Context(), first)
			if err != nil {
				t.Fatal(err)
			}
			again := importer.Settings{Spec: imp.Resending(spec.Resends{Import: first, Rows: []int{1}})}
			got := r.states(r.importFile(path, again))[0]
			if got == ledger.Delivered {
				got = ledger.Accepted
			}
			if got != want {
				t.Errorf("the row is %s, want %s; emails %v", got, want, r.mails())
			}
			// Qflow has lost the guest: he is made as the row has him, so his old address counts.
			r.sandbox.Reset()
			again.Resends.Decision = "2"
			again.Spec = imp.Resending(*again.Resends)
			r.states(r.importFile(path, again))
			if n := r.mails()[suppressed]; n > 0 {
				t.Errorf("%d emails to a suppressed address", n)
			}
		})
	}
}
