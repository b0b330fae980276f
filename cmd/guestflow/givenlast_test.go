package main

import (
	"strings"
	"testing"

	"guestflow/deploy/testkit"
)

// Promise: of several lists the one that was given last says where an email goes that has not left: corrected and
// corrected back, and with several files in one command.
func TestTheListThatWasGivenLastSaysWhereEmailsGo(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	list := func(name, member, address string) string {
		return h.write(name, "Member,First Name,Last Name,Email\n"+member+",Ann,Lee"+member+","+address+"\n")
	}
	a, b := list("a.csv", "1", "ann@old.example"), list("b.csv", "1", "ann@new.example")
	with := []string{event, template, "--key=Member", "--near-misses=update", "--yes"}
	closed := append([]string{"--send-window=" + closedHours() + ", UTC"}, with...)
	for _, path := range []string{a, b} {
		h.must(append([]string{"import", path}, closed...)...)
	}
	const says = "had this list before"
	if out, errs, _ := h.run(append([]string{"import", a, "--dry-run"}, closed...)...); !strings.Contains(out, says) {
		t.Errorf("a dry run says\n%s%s", out, errs)
	}
	if out, errs, code := h.run(append([]string{"import", a}, closed...)...); code != 0 || !strings.Contains(errs, says) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	h.must("window", h.status().ID, "none")
	testkit.Eventually(t, "the email is out", func() bool { return h.box.Summary().Emails == 1 })
	// Two files of one command: no email leaves in between.
	pair := []string{"import", list("c.csv", "2", "bob@old.example"), list("d.csv", "2", "bob@new.example"), "--wait"}
	h.must(append(pair, with...)...)
	got := map[string]int{}
	for _, g := range h.box.History().GuestList {
		got[g.Email]++
	}
	if s := h.box.Summary(); s.Emails != 2 || s.Guests != 2 || got["ann@old.example"] != 1 || got["bob@new.example"] != 1 {
		t.Errorf("%d emails, to %v", s.Emails, got)
	}
}
