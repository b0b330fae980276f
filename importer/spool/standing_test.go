package spool_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/importer/hold"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// Promise: a list that waits while its profile is corrected goes out neither by the settings of before nor by those of
// now before a person has approved it as it is planned by those of now, whatever it waited for.
func TestAListThatWaitsIsPlannedAnewWhenItsProfileIsCorrected(t *testing.T) {
	t.Parallel()
	corrected := wanted
	corrected.Where = `"Last Name" = "Lee 1"`
	for name, rules := range map[string]hold.Rules{
		"for approval": {Hold: "always"}, "for its start time": {StartAt: "2026-11-28T12:00:00Z"}, "to be taken back": {Undo: "1h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, c := newHost(t), newClocks()
			now := wanted
			process := func() (*spool.Spool, *spool.Consumer) {
				s, consumer := h.process(c)
				is := now
				consumer.Standing = func(string) (spec.Spec, bool) { return is, true }
				return s, consumer
			}
			s, consumer := process()
			h.brought(s, rules)
			look(t, consumer)
			before := h.waits(s)
			if before.Plan.Guests != 3 || before.Changed(now) != nil {
				t.Fatalf("it waits with %d guests, and of its settings %v are others", before.Plan.Guests, before.Changed(now))
			}
			now = corrected
			if got := before.Changed(now); !slices.Equal(got, []string{"where"}) {
				t.Errorf("others are %v", got)
			}
			c.pass(24 * time.Hour) // its time has come meanwhile
			s, consumer = process()
			look(t, consumer)
			after := h.waits(s)
			if after.Plan.Guests != 1 || !strings.Contains(after.Gate.Approval, "where") || after.Changed(now) != nil {
				t.Errorf("it waits as %+v, with %+v", after.Gate, after.Plan)
			}
			_, former := h.process(c) // one with the settings of before, which began to look before
			former.Standing = func(string) (spec.Spec, bool) { return corrected, true }
			look(t, former)
			former.Standing = func(string) (spec.Spec, bool) { return wanted, true }
			look(t, former)
			if again := h.waits(s); again.Plan.Guests != 1 {
				t.Errorf("a process that looks on has planned it anew: %+v", again.Plan)
			}
			approve(t, s, after, "boss")
			c.pass(24 * time.Hour)
			look(t, consumer)
			list, err := h.books.Imports(t.Context(), 10)
			if err != nil || len(list) != 1 || list[0].Counts[ledger.Queued] != 1 || list[0].Counts[ledger.Filtered] != 2 {
				t.Errorf("imports %+v, %v", list, err)
			}
		})
	}
}

// Promise: what a person has answered for a list stays, whatever is changed in its profile; and of rows that wait alone
// only the times of emails change.
func TestAnAnswerForAListStaysWhenItsProfileIsCorrected(t *testing.T) {
	t.Parallel()
	answered, corrected := wanted, wanted
	answered.Where = "all"
	corrected.Where, corrected.SendWindow = "Status = yes", "09:00-18:00"
	r := spool.Record{Spec: &answered, Standing: &wanted}
	if by := r.By(corrected); by.Spec.Where != "all" || by.Spec.SendWindow != "09:00-18:00" || by.Changed(corrected) != nil {
		t.Errorf("it becomes %+v", by.Spec)
	}
	r = spool.Record{Spec: &wanted, Standing: &wanted, Part: &spool.Part{Import: "aaaaaaaa", Rows: 3, Held: 1}}
	if by := r.By(corrected); by.Spec.Where != "" || by.Spec.SendWindow != "09:00-18:00" ||
		!slices.Equal(r.Changed(corrected), []string{"send_window"}) {
		t.Errorf("a part becomes %+v, others are %v", by.Spec, r.Changed(corrected))
	}
}
