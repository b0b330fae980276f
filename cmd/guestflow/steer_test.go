package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// state is what status --json shows, as far as the tests ask.
type state struct {
	ID     string         `json:"id"`
	Counts map[string]int `json:"counts"`
}

func (h *house) status() state {
	h.t.Helper()
	out, errs, code := h.run("status", "--json")
	var s state
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != exit.OK {
		h.t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	return s
}

func (h *house) must(args ...string) string {
	h.t.Helper()
	out, errs, code := h.run(args...)
	if code != exit.OK {
		h.t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

func TestAPausedImportWaitsAndACancelledOneEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_RATE_PER_MINUTE=300",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=300")
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	worker := h.start("running", "run")
	h.must("import", h.file("guests.csv", 400), event, template)
	id := h.status().ID
	testkit.Eventually(t, "some emails are out", func() bool { return box.Summary().Emails > 10 })

	h.must("pause", id)
	if out := h.must("status"); !strings.Contains(out, "it is paused") {
		t.Fatal(out)
	}
	testkit.Eventually(t, "calls in flight have ended", func() bool {
		before := box.Summary().Emails
		return h.status().Counts["accepted"] == before && box.Summary().Emails == before
	})
	worker.End(syscall.SIGTERM)
	h.start("running", "run") // and finds it paused
	if _, errs, code := h.run("cancel", id); code != exit.Declined || !strings.Contains(errs, "for good") ||
		strings.Contains(errs, "imported") {
		t.Fatalf("cancelled without a yes: exit %d, %s", code, errs)
	}
	if out := h.must("cancel", id, "399-400", "--yes"); !strings.Contains(out, "2 rows were cancelled") {
		t.Error(out)
	}
	_, errs, code := h.run("cancel", id, "400", "--yes")
	if code != exit.Usage || !strings.Contains(errs, "row 400 is on its way already, or settled") {
		t.Errorf("cancelled twice: exit %d, %s", code, errs)
	}
	before := h.status().Counts["accepted"]
	h.must("resume", id)
	testkit.Eventually(t, "it goes on", func() bool { return h.status().Counts["accepted"] > before })
	h.must("cancel", id, "--yes")
	testkit.Eventually(t, "it has ended", func() bool {
		c := h.status().Counts
		return c["accepted"]+c["cancelled"] == 400 && c["accepted"] == box.Summary().Emails
	})
	for _, command := range []string{"resume", "pause", "retry"} {
		if _, _, code := h.run(command, id); code != exit.Usage {
			t.Fatalf("%s of a cancelled import: exit %d", command, code)
		}
	}
}

func TestRefusedRowsAreTriedAgainOnRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	// Two guests with one barcode, in lists of their own: this Qflow refuses the second one, until it is told otherwise.
	box := h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.DuplicateBarcode = "409" }})
	h.start("running", "run")
	h.write("one.csv", "First Name,Last Name,Email,Barcode\nAnn,Lee,ann@example.com,B1\n")
	h.write("two.csv", "First Name,Last Name,Email,Barcode\nBob,Lee,bob@example.com,B1\nEve,Lee,eve@example.com,B2\n")
	h.must("import", "one.csv", event, template, "--wait")
	if _, _, code := h.run("import", "two.csv", event, template, "--wait"); code != exit.Attention {
		t.Fatalf("exit %d", code)
	}
	s := h.status()
	if s.Counts["accepted"] != 1 || s.Counts["refused"] != 1 {
		t.Fatalf("counts %v", s.Counts)
	}
	if err := box.Adjust(func(s *sandbox.Switches) { s.DuplicateBarcode = "accepted" }); err != nil {
		t.Fatal(err)
	}
	if out := h.must("retry", s.ID); !strings.Contains(out, ": 1 row is retried") {
		t.Fatal(out)
	}
	testkit.Eventually(t, "both are accepted", func() bool { return h.status().Counts["accepted"] == 2 })
	if sum := box.Summary(); sum.Emails != 3 || sum.EmailsMax != 1 {
		t.Fatalf("%d emails, at most %d for one guest", sum.Emails, sum.EmailsMax)
	}
}

func TestAnUnknownEmailIsSentAgainOnlyByAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_PROBE_INTERVALS=200ms")...)
	box := h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	h.start("running", "run")
	h.must("import", h.file("one.csv", 1), event, template)
	testkit.Eventually(t, "it is parked", func() bool { return h.status().Counts["parked-tried"] == 1 })
	// The connection of the next /comms/send breaks before Qflow has done anything, which cannot be known on this side.
	if err := box.Inject(sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.ResetBefore, Next: 1}); err != nil {
		t.Fatal(err)
	}
	if err := box.Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "it is unknown", func() bool { return h.status().Counts["unknown"] == 1 })
	id := h.status().ID
	h.must("gate", "open", "trust")
	if out := h.must("retry", id); !strings.Contains(out, ": 0 rows are retried") {
		t.Fatalf("an unknown email was sent again unasked: %s", out)
	}
	out, errs, code := h.run("retry", id, "--unknown")
	if code != exit.Declined || !strings.Contains(out, "row 1, line 2") || box.Summary().Emails != 0 {
		t.Fatalf("exit %d, %d emails\n%s%s", code, box.Summary().Emails, out, errs)
	}
	h.must("retry", id, "--unknown", "--yes")
	testkit.Eventually(t, "it is accepted", func() bool { return h.status().Counts["accepted"] == 1 })
}

func TestAGateIsProbedAtOnceOnRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_PROBE_INTERVALS=1h")...)
	box := h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 20), event, template)
	testkit.Eventually(t, "all are parked",
		func() bool { c := h.status().Counts; return c["parked"]+c["parked-tried"] == 20 })
	if out := h.must("gate"); !strings.Contains(out, "trust") || !strings.Contains(out, "not verified") {
		t.Fatal(out)
	}
	if out := h.must("gate", "probe", "trust"); !strings.Contains(out,
		"the probe was answered with gate_closed trust 403") {
		t.Fatal(out)
	}
	if out := h.must("gate"); !strings.Contains(out, "Qflow said: trust_required Verify your account") ||
		!strings.Contains(out, h.status().ID) {
		t.Fatal(out)
	}
	if err := box.Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	if out := h.must("gate", "probe", "trust"); !strings.Contains(out, "The gate is open") {
		t.Fatal(out)
	}
	testkit.Eventually(t, "all are accepted", func() bool { return h.status().Counts["accepted"] == 20 })
	if out := h.must("gate"); !strings.Contains(out, "All gates are open") {
		t.Fatal(out)
	}
}
