package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// Promise: one account's closed gate does not hold up another account, though one process works for both.
func TestOneProcessServesSeveralAccountsEachWithGatesOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	boxes := map[string]*sandbox.Sandbox{}
	config := "accounts:\n"
	for name, trusted := range map[string]bool{"acme": false, "beta": true} {
		box := sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = trusted }})
		url, err := box.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = box.Close() })
		boxes[name] = box
		config += fmt.Sprintf("  %s:\n    api_url: %s\n    while_untrusted: create\n", name, url)
	}
	config += "profiles:\n"
	for profile, account := range map[string]string{"gala": "acme", "staff": "beta"} {
		config += fmt.Sprintf("  %s:\n    account: %s\n    event: %s\n    template: %s\n", profile, account,
			sandbox.Defaults().EventID, sandbox.Defaults().TemplateID)
	}
	h.write("guestflow.yaml", config)
	h.with("GUESTFLOW_PROBE_INTERVALS=1h").start("running", "run", "--inbox=inbox", "--settle=0s")
	parkedAt := func() string { out, _, _ := h.run("--account=acme", "status", "--json"); return out }

	h.must("import", h.file("gala.csv", 30), "--profile=gala")
	testkit.Eventually(t, "acme's emails are parked, its guests are on the door list", func() bool {
		return strings.Contains(parkedAt(), `"parked-tried":30`) && boxes["acme"].Summary().Guests == 30
	})
	staff := h.file("staff.csv", 40)
	if err := os.Rename(staff, filepath.Join(h.dir, "inbox", "staff", "staff.csv")); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "beta's emails are out", func() bool { return boxes["beta"].Summary().Emails == 40 })
	if s := boxes["acme"].Summary(); s.Emails != 0 {
		t.Fatalf("%d emails of an account that is not verified", s.Emails)
	}
	if out := h.must("--account=acme", "parked"); !strings.Contains(out, "30 rows are parked") ||
		!strings.Contains(out, "trust") {
		t.Fatal(out)
	}
	if out := h.must("--account=beta", "parked"); !strings.Contains(out, "all gates are open") {
		t.Fatal(out)
	}
	var imports []struct{ ID string }
	if err := json.Unmarshal([]byte(h.must("--account=acme", "imports", "--json")), &imports); err != nil ||
		len(imports) != 1 {
		t.Fatalf("%v, %v", imports, err)
	}
	id := imports[0].ID
	if out := h.must("status", id); !strings.Contains(out, "parked-tried") {
		t.Fatalf("an id tells which account is meant: %s", out)
	}
	if out := h.must("pause", id) + h.must("resume", id); !strings.Contains(out, "goes on") {
		t.Fatal(out)
	}
	if _, errs, code := h.run("status", "nonesuch"); code != exit.Usage || !strings.Contains(errs, "acme, beta") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	both := h.must("top", "--json", "--times=1") + h.must("status", "--watch", "--times=1")
	for _, want := range []string{`"account":"acme"`, `"account":"beta"`, "\nacme  ", "\nbeta  "} {
		if !strings.Contains("\n"+both, want) {
			t.Errorf("all accounts are watched together, and there is no %q: %s", want, both)
		}
	}
	if _, errs, code := h.run("status"); code != exit.Usage || !strings.Contains(errs, "acme, beta") {
		t.Fatalf("which account? exit %d: %s", code, errs)
	}
	if err := boxes["acme"].Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	h.must("--account=acme", "gate", "probe", "trust")
	testkit.Eventually(t, "acme's emails are out", func() bool { return boxes["acme"].Summary().Emails == 30 })
	for name, want := range map[string]int{"acme": 30, "beta": 40} {
		if s := boxes[name].Summary(); s.Guests != want || s.Emails != want || s.EmailsMax != 1 {
			t.Errorf("%s has %d guests, %d emails, at most %d for one", name, s.Guests, s.Emails, s.EmailsMax)
		}
	}
}
