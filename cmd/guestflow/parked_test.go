package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
)

// TestParkedRowsAreProbedSparinglyAndGoOutAtTheBudgetsPace has a list of guests meet an account that is not verified,
// and four workers. GUESTFLOW_CHAOS=long takes 15,000 rows. How near the sending comes to the budget depends on the
// machine, with the race detector more than on anything else, so it is printed and not judged.
func TestParkedRowsAreProbedSparinglyAndGoOutAtTheBudgetsPace(t *testing.T) {
	t.Parallel()
	const (
		workers   = 4
		perMinute = 60_000
		interval  = time.Second
	)
	rows := 3000
	if testkit.Long() {
		rows = 15_000
	}
	f := newFleet(t, []string{"--untrusted"}, fmt.Sprintf("GUESTFLOW_RATE_PER_MINUTE=%d", perMinute),
		fmt.Sprintf("GUESTFLOW_SEND_RATE_PER_MINUTE=%d", perMinute), "GUESTFLOW_PROBE_INTERVALS="+interval.String())
	f.patch(map[string]any{"keep_calls": true})
	lateness := testkit.MeasureLateness(t)
	for range workers {
		f.keep("run")
	}
	if out, errs, code := f.run("import", f.file("guests.csv", rows), event, template); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	testkit.Eventually(t, "every row is parked", func() bool { return f.counts().Parked() == rows })
	parked := time.Now()
	testkit.Eventually(t, "some probes", func() bool { return len(f.probes(parked)) > 5 })
	f.probedSparingly(parked, interval, lateness)
	counts := f.counts()
	s, err := f.admin.Summary(t.Context())
	if err != nil || s.Emails > 0 || counts.Parked()+counts[ledger.Sending] != rows { // one may be with a probe
		t.Fatalf("%d emails, %s (%v)", s.Emails, terminal.Counts(counts), err)
	}

	opened := time.Now()
	f.patch(map[string]any{"trusted": true})
	testkit.Eventually(t, "every row is sent", func() bool { return f.counts()[ledger.Accepted] == rows })
	s, err = f.admin.Summary(t.Context())
	if err != nil || s.Guests != rows || s.Emails != rows || s.EmailsMax != 1 || s.LimitsTripped > 0 {
		t.Fatalf("%d guests, %d emails, at most %d for one, %d limits tripped (%v)", s.Guests, s.Emails, s.EmailsMax,
			s.LimitsTripped, err)
	}
	took, own := time.Since(opened), time.Duration(rows)*time.Minute/perMinute
	t.Logf("%d rows went out %s after the gate had opened, of which up to %s are the wait for the probe; at the limit they take %s (%.0f %%)",
		rows, took.Round(100*time.Millisecond), interval, own, 100*own.Seconds()/took.Seconds())
}

// probes are the calls that the server has refused since everything was parked.
func (f *fleet) probes(since time.Time) (at []time.Time) {
	f.t.Helper()
	books, err := f.admin.History(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range books.CallList {
		if c.Outcome != "403" {
			f.t.Errorf("a closed gate let a call through: %+v", c)
		}
		if c.Arrived.After(since) {
			at = append(at, c.Arrived)
		}
	}
	return at
}

// probedSparingly looks for one probe in an interval. A process may be late with the call that it has claimed, so that
// single distances are shorter; all together are not, whichever the first and the last were.
func (f *fleet) probedSparingly(since time.Time, interval time.Duration, lateness *testkit.Lateness) {
	f.t.Helper()
	probes := f.probes(since)
	slices.SortFunc(probes, time.Time.Compare)
	late := 2*interval + 2*lateness.Most()
	if span := probes[len(probes)-1].Sub(probes[0]); time.Duration(len(probes)-1)*interval > span+late {
		f.t.Errorf("%d probes in %s, want one in %s at most", len(probes), span, interval)
	}
	f.t.Logf("%d probes in %s", len(probes), time.Since(since).Round(time.Second))
}
