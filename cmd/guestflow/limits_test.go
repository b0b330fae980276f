package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

func TestLimitsAreChangedForAFleetThatRuns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_RATE_PER_MINUTE=30",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=20")
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 400), event, template)
	testkit.Eventually(t, "the first emails are out", func() bool { return box.Summary().Emails > 1 })

	if _, errs, code := h.run("limits", "set"); code != exit.Usage || !strings.Contains(errs, "--rate-per-minute") {
		t.Fatalf("what stands in the environment was taken for a wish: exit %d, %s", code, errs)
	}
	if out := h.must("limits", "set", "--rate-per-minute=6000"); !strings.Contains(out,
		"6000 a minute, set while running") ||
		!strings.Contains(out, "20 a minute, as configured") {
		t.Fatal(out)
	}
	// At 20 a minute these would take as many minutes.
	if _, errs, code := h.run("limits", "set", "--send-rate-per-minute", "0"); code != exit.Usage ||
		!strings.Contains(errs, "write none for no limit") {
		t.Fatalf("a 0 was not asked about: exit %d, %s", code, errs)
	}
	if out := h.must("limits", "set", "--send-rate-per-minute", "none"); !strings.Contains(out,
		"the limit of emails is lifted") {
		t.Error(out)
	}
	testkit.Eventually(t, "all emails are out", func() bool { return box.Summary().Emails == 400 })
	if out := h.must("limits", "reset"); !strings.Contains(out, "30 a minute, as configured") {
		t.Fatal(out)
	}
}

func TestLimitsAsJSONKeepTheirFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.must("limits", "set", "--send-rate-per-minute=none")
	var list []map[string]any
	if err := json.Unmarshal([]byte(h.must("limits", "--json")), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	want := []string{"accounts", "egress", "pace", "rate_per_minute", "rate_per_minute_source", "send_rate_per_minute",
		"send_rate_per_minute_source"}
	if got := slices.Sorted(maps.Keys(list[0])); !slices.Equal(got, want) {
		t.Fatalf("fields %v", got)
	}
	if l := list[0]; l["rate_per_minute"] != 1000.0 || l["rate_per_minute_source"] != "configuration" ||
		l["send_rate_per_minute"] != 0.0 || l["send_rate_per_minute_source"] != "command" || l["pace"] != 1.0 {
		t.Fatalf("%v", l)
	}
}

func TestAccountsAtSeveralAddressesHaveLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.write("guestflow.yaml", "accounts:\n  acme: {}\n  beta: {}\n  far: {egress: far, rate_per_minute: 7}\n")
	out := h.must("limits")
	if strings.Count(out, "address") != 2 || !strings.Contains(out, "7 a minute") {
		t.Fatal(out)
	}
	if _, errs, code := h.run("limits", "set", "--rate-per-minute=5"); code != exit.Usage ||
		!strings.Contains(errs, "--account") {
		t.Fatalf("exit %d, %s", code, errs)
	}
	h.must("limits", "set", "--rate-per-minute=5", "--account=far")
	if out := h.must("limits"); !strings.Contains(out, "5 a minute, set while running") ||
		!strings.Contains(out, "1000 a minute, as configured") {
		t.Fatal(out)
	}
}
