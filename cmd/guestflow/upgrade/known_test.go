package upgrade

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// What a version has left that knew guests by address and name, and suppressed addresses; see testdata/README.md.
const (
	knownRedis = "testdata/known.json.gz"
	knownQflow = "testdata/known-qflow.json"
	knownKey   = "testdata/known-token.key" // which seals nothing else
)

const knownHead = "First Name,Last Name,Email\n"

// TestMakeKnownGuests makes them anew with a program of another version.
func TestMakeKnownGuests(t *testing.T) {
	old := os.Getenv("GUESTFLOW_UPGRADE_KNOWN_FROM")
	if old == "" {
		t.Skip("GUESTFLOW_UPGRADE_KNOWN_FROM names no program to make testdata with")
	}
	server := redistest.Start(t)
	m := &maker{site: newSite(t, old, server.URL()), redis: redistest.Connect(t, server)}
	m.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    template: "+
		sandbox.Defaults().TemplateID+"\n")
	worker := m.Start("run", "--roles=workers", "--listen=")
	m.Must("suppress", "add", "sue@x.example")
	m.Must("import", m.write("lists/monday.csv",
		knownHead+"Ann,Lee,ann@x.example\nBob,Lee,bob@x.example\nCyd,Lee,cyd@x.example\n"+
			"Dan,Lee,dan@x.example\nSue,Lee,sue@x.example\n"), "--profile=gala", "--yes", "--wait")
	m.Must("import", m.write("lists/press.csv", knownHead+"CYD,Lee,cyd@x.example\n"), event, template, "--yes", "--wait")
	m.Run("import", m.write("lists/tuesday.csv",
		knownHead+"Robert,Lee,bob@x.example\nAnn,Lee,ann@x.example\nDan,Lee,dan@x.example\n"+
			"Cyd,Lee,cyd@x.example\n"), event, template, "--yes", "--wait")
	worker.End(syscall.SIGTERM)
	m.saveKnown()
}

func (m *maker) saveKnown() {
	k, err := keep(m.t.Context(), m.redis)
	if err != nil {
		m.t.Fatal(err)
	}
	slices.SortFunc(k.Keys, func(a, b keptKey) int { return strings.Compare(a.Key, b.Key) })
	raw, err := json.Marshal(k)
	if err == nil {
		err = json.Unmarshal([]byte(m.nameless(string(raw))), &k)
	}
	if err == nil {
		err = k.write(knownRedis)
	}
	if err == nil {
		raw, err = json.MarshalIndent(m.box.Snapshot(), "", " ")
	}
	if err == nil {
		err = os.WriteFile(knownQflow, append(raw, '\n'), 0o600)
	}
	if err == nil {
		raw, err = os.ReadFile(filepath.Join(m.Dir, "state", "token.key"))
	}
	if err == nil {
		err = os.WriteFile(knownKey, raw, 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// Promise: guests, suppressed addresses and held rows of the version before are known after the upgrade, and what is
// not known of them is said.
func TestGuestsOfTheVersionBeforeAreKnownByAddressAndName(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := &site{t: t}
	*s = *newSite(t, program, server.URL())
	k, err := readKept(knownRedis, strings.NewReplacer(placeholder, s.Dir).Replace)
	if err != nil {
		t.Fatal(err)
	}
	by := shift{k.At, time.Since(k.At).Truncate(time.Minute)}
	if err := k.restore(t.Context(), redistest.Connect(t, server), by.later, downtime); err != nil {
		t.Fatal(err)
	}
	shot := readJSON[sandbox.Snapshot](t, knownQflow, func(raw string) string { return by.text(text(raw)) })
	if err := s.box.Restore(shot); err != nil {
		t.Fatal(err)
	}
	m := &maker{site: s}
	key, err := os.ReadFile(knownKey)
	if err != nil {
		t.Fatal(err)
	}
	m.write("state/token.key", string(key))
	m.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    template: "+
		sandbox.Defaults().TemplateID+"\n")
	s.Start("run", "--roles=workers", "--listen=")
	before := s.box.Summary().Emails
	const list = "Ann,Lee,ann@new.example\nBob,Lee,bob@x.example\nCyd,Lee,cyd@x.example\nSue,Lee,sue@new.example\nEve,Neu,eve@x.example\n"
	path := m.write("lists/wednesday.csv", knownHead+list)
	said := s.Must("import", path, "--profile=gala", "--dry-run")
	for _, say := range []string{
		"2 known under another address): 2 held", "gone: not in this list, of the 5 of import",
		"an earlier version imported them", "(may be in the list)",
	} {
		if !strings.Contains(said, say) {
			t.Errorf("the plan does not say %q:\n%s", say, said)
		}
	}
	emails := func(want int, args ...string) {
		t.Helper()
		s.Run(append([]string{"import", path, "--profile=gala", "--yes", "--wait"}, args...)...)
		if got := s.box.Summary(); got.Emails != before+want || got.EmailsMax > 1 {
			t.Errorf("%v: %d emails more, want %d, and at most %d for one", args, got.Emails-before, want, got.EmailsMax)
		}
	}
	emails(1)                         // Eve
	emails(1, "--near-misses=update") // not Sue: she was suppressed at the address that she had
	emails(1, "--near-misses=update", "--again")
	path = filepath.Join(s.Dir, "lists", "suppressed.csv")
	m.write("lists/suppressed.csv", knownHead+"Sue,Lee,sue@x.example\nFay,Neu,sue@x.example\n")
	emails(1, "--near-misses=new") // the address is suppressed still
	s.Must("suppress", "lift", "sue@x.example", "--yes")
	path = filepath.Join(s.Dir, "lists", "wednesday.csv")
	emails(2, "--near-misses=update", "--again") // Sue, who has had none, at her new address
}
