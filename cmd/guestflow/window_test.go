package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// closedHours are hours in which no test runs.
func closedHours() string {
	return "00:00-24:00 " + time.Now().UTC().AddDate(0, 0, 3).Weekday().String()[:3]
}

func (h *house) window(args ...string) (shown *operate.Window) {
	h.t.Helper()
	out := h.must(append([]string{"window", "--json"}, args...)...)
	var w struct {
		Window *operate.Window `json:"window"`
	}
	if err := json.Unmarshal([]byte(out), &w); err != nil {
		h.t.Fatalf("%v\n%s", err, out)
	}
	return w.Window
}

// Promise: outside of its window no email of an import leaves, whatever process is killed, and once the window is
// another each guest gets one.
func TestEmailsOfAnImportWaitForItsWindowThroughKillsAndLeaveOnce(t *testing.T) {
	t.Parallel()
	hours := closedHours() // once: it is another day soon
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", "profiles:\n  gala:\n    timezone: Europe/London\n    send_window: "+hours+"\n    event: "+
		strings.TrimPrefix(event, "--event=")+"\n    template: "+strings.TrimPrefix(template, "--template=")+"\n")
	worker := h.start("running", "run")
	guests := h.file("guests.csv", 60)
	if out := h.must("import", guests, "--profile=gala", "--dry-run"); !strings.Contains(out,
		"emails leave "+hours+", Europe/London (closed, opens ") {
		t.Errorf("the plan does not say when emails leave:\n%s", out)
	}
	h.must("import", guests, "--profile=gala")
	id := h.status().ID
	for range 2 {
		testkit.Eventually(t, "the import says what it waits for", func() bool {
			return strings.Contains(h.must("status"), "its emails wait for their window, which opens ")
		})
		worker.End(syscall.SIGKILL)
		worker = h.start("running", "run")
	}
	out, errs, _ := h.run("import", guests, "--profile=gala", "--send-window=none")
	if want := "to change that: guestflow window " + id + " 'none'"; !strings.Contains(out+errs, want) {
		t.Errorf("another window that is not taken is not mentioned:\n%s%s", out, errs)
	}
	w := h.window(id)
	if w == nil || w.Open || w.Hours != hours+", Europe/London" || w.Opens.Before(time.Now().Add(24*time.Hour)) {
		t.Errorf("its window is %+v", w)
	}
	if s := box.Summary(); s.Emails+s.Guests > 0 {
		t.Fatalf("outside of the window Qflow has %d guests, and %d emails are queued", s.Guests, s.Emails)
	}
	if w := h.window(id, "none"); w != nil {
		t.Errorf("its window is %+v", w)
	}
	testkit.Eventually(t, "some emails that have waited are out", func() bool { return box.Summary().Emails > 5 })
	worker.End(syscall.SIGKILL)
	h.start("running", "run")
	testkit.Eventually(t, "all emails are out", func() bool { return h.status().Counts["accepted"] == 60 })
	if s := box.Summary(); s.Emails != 60 || s.EmailsMax != 1 {
		t.Errorf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
	if _, errs, code := h.run("window", id, "09:00-18:00"); code != exit.Usage || !strings.Contains(errs, "is finished") {
		t.Errorf("a finished import gets a window: exit %d, %s", code, errs)
	}
}

func TestAWindowThatCannotBeReadStopsTheCommandAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	guests := h.file("guests.csv", 3)
	for _, c := range []struct {
		flag, want string
	}{
		{"--send-window=9-18", `"9-18" is not hours such as 09:00-18:00`},
		{"--send-window=09:00-18:00", "it has no time zone"},
		{"--send-window=09:00-18:00 Mo, UTC", `"Mo" is not a day`},
		{"--outside-window=maybe", "--outside-window"},
	} {
		if _, errs, code := h.run("import", guests, event, template, c.flag); code != exit.Usage ||
			!strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %s", c.flag, code, errs)
		}
	}
	h.write("guestflow.yaml", "profiles:\n  gala:\n    send_window: 09:00-18:00\n")
	if _, errs, code := h.run("status"); code != exit.Usage || !strings.Contains(errs, "gala") ||
		!strings.Contains(errs, "timezone") {
		t.Errorf("a profile without a time zone: exit %d, %s", code, errs)
	}
}
