package upgrade

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// downtime is that of the upgrade that the version before ends with: long enough for all its leases to run out.
const downtime = 2 * time.Minute

// restored is a site as the version before has left it.
type restored struct {
	*site
	by shift // of all its times, by whole minutes, since schedules tick at these
}

func restore(t *testing.T) *restored {
	t.Helper()
	server := redistest.Start(t)
	s := &restored{site: newSite(t, program, server.URL())}
	pairs := s.folders()
	slices.Reverse(pairs)
	here := strings.NewReplacer(pairs...).Replace
	k, err := readKept("testdata/redis.json.gz", here)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s.by = shift{k.At, now.Add(-downtime).Sub(k.At).Truncate(time.Minute)}
	down := now.Sub(k.At.Add(s.by.later))
	if err := k.restore(t.Context(), redistest.Connect(t, server), s.by.later, down); err != nil {
		t.Fatal(err)
	}
	changed := readJSON[map[string]time.Time](t, "testdata/fetched.json", func(raw string) string { return raw })
	if err := copyTree("testdata/site", s.Dir, here, changed, k.At.Add(s.by.later)); err != nil {
		t.Fatal(err)
	}
	shot := readJSON[sandbox.Snapshot](t, "testdata/qflow.json", func(raw string) string { return s.by.text(text(raw)) })
	if err := s.box.Restore(shot); err != nil {
		t.Fatal(err)
	}
	s.gates(false)
	return s
}

// gates opens or closes the gates that are closed in testdata.
func (s *restored) gates(open bool) {
	s.t.Helper()
	err := s.box.Adjust(func(sw *sandbox.Switches) {
		sw.Trusted, sw.PlanLimit, sw.TemplateAddedLater = open, 1, "as_is"
		if open {
			sw.PlanLimit = 0
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// outputBefore reads what the version before printed of its records, as if that had been two minutes ago.
func outputBefore[T any](s *restored, name string) T {
	s.t.Helper()
	return readJSON[T](s.t, "testdata/site/said/"+name+".json", func(raw string) string {
		return s.by.text(text(strings.ReplaceAll(raw, placeholder, s.Dir)))
	})
}

func readJSON[T any](t *testing.T, path string, edit func(string) string) (v T) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal([]byte(edit(string(raw))), &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatTheVersionBeforeHasLeftGoesOn(t *testing.T) {
	t.Parallel()
	s := restore(t)
	before := s.box.Summary()
	s.recordsAreRead()

	fleet := s.serve("--inbox=inbox", "--users=users", "--source-every=1s")
	testkit.Eventually(t, "what can move has moved", func() bool { return !slices.ContainsFunc(s.imports(), moving) })
	if now := s.box.Summary(); now.Emails != before.Emails || now.Guests != before.Guests {
		t.Errorf("the gates are closed, and %d emails to %d guests became %d to %d", before.Emails, before.Guests, now.Emails,
			now.Guests)
	}
	s.consoleLetsIn(fleet.Console())

	// What a person does, before an upgrade as after it.
	s.Must("import", filepath.Join(s.Dir, "lists", "half.csv"), event, template, "--yes")
	s.Must("import", filepath.Join(s.Dir, "lists", "untold.csv"), event, template, "--yes")
	s.Must("resume", s.named("long-2.csv").ID)
	s.Must("retry", s.named("exhausted.csv").ID, "--yes")
	s.gates(true)
	testkit.Eventually(t, "every import is over", func() bool {
		return finished(s.imports())
	})
	s.judge()
	s.correctionsArrived()
	s.filesWentOn()
	s.ticksRanOnce(fleet.String())
	s.tokensWereRedeemedOnce(before)
}

// moving reports whether rows of an import are neither settled nor parked. Half of half.csv waits for its command.
func moving(i testkit.Import) bool {
	open := i.Counts["new"] + i.Counts["queued"] + i.Counts["sending"]
	switch fileName(i) {
	case "half.csv":
		open -= i.Counts["new"]
	case "waiting-corrected.csv": // behind waiting.csv
		open -= i.Counts["queued"]
	}
	return open > 0
}

func (s *restored) named(name string) (found testkit.Import) {
	s.t.Helper()
	for _, i := range s.imports() {
		if fileName(i) == name {
			found = i
		}
	}
	if found.ID == "" {
		s.t.Fatalf("there is no import of %s", name)
	}
	return found
}

// recordsAreRead compares what the new program prints of the records with what the version before printed.
func (s *restored) recordsAreRead() {
	s.t.Helper()
	same := func(what string, got, want any) {
		s.t.Helper()
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			s.t.Errorf("%s\nsays  %s\nbefore %s", what, a, b)
		}
	}
	imports := outputBefore[[]testkit.Import](s, "imports")
	same("imports", s.imports(), imports)
	type closed struct {
		Gate, Code string
		Since      time.Time
	}
	same("gate", testkit.JSON[[]closed](s.Shell, "gate"), outputBefore[[]closed](s, "gate"))
	type parked struct {
		Rows    int
		Imports []struct {
			ID          string
			Rows, Tried int
		}
	}
	same("parked", testkit.JSON[parked](s.Shell, "parked"), outputBefore[parked](s, "parked"))
	type tokens struct {
		Fingerprint string
		Generation  uint64
		Grant       string
		Refresh     bool      `json:"has_refresh_token"`
		Known       bool      `json:"key_known"`
		Obtained    time.Time `json:"obtained_at"`
	}
	same("token show", testkit.JSON[tokens](s.Shell, "token", "show"), outputBefore[tokens](s, "token"))
	type schedule struct {
		Profile string
		Last    any
	}
	same("schedules", testkit.JSON[[]schedule](s.Shell, "schedules"), outputBefore[[]schedule](s, "schedules"))
	reports := outputBefore[map[string][]testkit.ReportRow](s, "reports")
	for _, i := range imports {
		if text := s.Must("status", i.ID); !strings.Contains(text, i.ID) {
			s.t.Errorf("status %s says %s", i.ID, text)
		}
		rows := s.report(i.ID)
		if len(rows) != i.Rows {
			s.t.Errorf("the report of %s has %d rows of %d", fileName(i), len(rows), i.Rows)
		}
		if before := reports[i.ID]; before != nil {
			same("the report of "+fileName(i), rows, before)
		}
	}
}

// consoleLetsIn signs in with a password of the version before, and reads the audit trail.
func (s *restored) consoleLetsIn(console string) {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	answer, err := client.PostForm(console+"/login", url.Values{"name": {"ann"}, "password": {password}})
	if err == nil {
		_ = answer.Body.Close()
		answer, err = client.Get(console + "/a/" + accountName + "/imports/" + s.named("long-2.csv").ID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	// the audit trail's words for its pause
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "501 rows wait") {
		s.t.Errorf("%s, %v\n%s", answer.Status, err, page)
	}
}

// judge compares all imports with Qflow's history, row by row.
func (s *restored) judge() {
	s.t.Helper()
	told, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	if err := s.box.Settle(told); err != nil { // what Qflow tells of its emails changes rows and counters
		s.t.Fatal(err)
	}
	history := s.box.History()
	guests, emails := map[string][]sandbox.Guest{}, map[[2]string]int{}
	for _, g := range history.GuestList {
		guests[g.Email] = append(guests[g.Email], g)
	}
	for _, e := range history.EmailList {
		emails[[2]string{e.GuestID, e.TemplateID}] += e.Count
	}
	for _, i := range s.imports() {
		counted := map[string]int{}
		for _, r := range s.report(i.ID) {
			counted[r.State]++
			there, sent := guests[r.Email], 0
			for _, g := range there {
				sent += emails[[2]string{g.ID, i.Template}]
			}
			if len(there) > 1 || sent > 1 {
				s.t.Errorf("row %s of %s: %d guests, %d emails", r.Row, fileName(i), len(there), sent)
			}
			if want, known := evidence[r.State]; !known {
				s.t.Errorf("row %s of %s is %s at the end: %s", r.Row, fileName(i), r.State, r.Reason)
			} else if len(there) < want.guests || sent < want.emails {
				s.t.Errorf("row %s of %s is %s: %d guests, %d emails", r.Row, fileName(i), r.State, len(there), sent)
			}
		}
		sum := 0
		for state, n := range i.Counts {
			sum += n
			if counted[state] != n {
				s.t.Errorf("of %s %d rows are %s, and the counter says %d", fileName(i), counted[state], state, n)
			}
		}
		if sum != i.Rows {
			s.t.Errorf("the counters of %s add up to %d of %d rows", fileName(i), sum, i.Rows)
		}
		if want := ended[fileName(i)]; want != "" && i.Counts[want] != i.Rows {
			s.t.Errorf("the rows of %s are %v, not %s", fileName(i), i.Counts, want)
		}
	}
}

// correctionsArrived looks at the guests whose lists were corrected in the version before.
func (s *restored) correctionsArrived() {
	s.t.Helper()
	for _, g := range s.box.History().GuestList {
		if (strings.HasPrefix(g.Email, "tried.") || strings.HasPrefix(g.Email, "waiting.")) &&
			g.AdditionalInfo != "corrected" {
			s.t.Errorf("Qflow has notes of %s that were corrected: %q", g.Email, g.AdditionalInfo)
		}
	}
}

// evidence is what a state claims.
var evidence = map[string]struct{ guests, emails int }{
	"accepted": {1, 1}, "delivered": {1, 1}, "undeliverable": {1, 1}, "created": {1, 0}, "unchanged": {1, 0},
	"refused": {},
	"unknown": {}, "cancelled": {}, "rejected": {},
}

// ended is what becomes of imports all of whose rows come to the same.
var ended = map[string]string{"cancelled.csv": "cancelled", "tried.csv": "cancelled", "plan.csv": "created",
	"feed.csv": "created"}

// filesWentOn looks at the inbox and the sources.
func (s *restored) filesWentOn() {
	s.t.Helper()
	for pattern, want := range map[string]int{
		"inbox/*.csv": 0, "inbox/feed/*.csv": 0, "inbox/feed/processing/*": 0, "inbox/feed/done/*--taken.csv": 1,
		"inbox/feed/done/*--untaken.csv": 1, "inbox/feed/done/*--later.csv": 1, "inbox/failed/*.csv": 2,
		"state/sources/feed/done/*-feed.csv": 1,
	} {
		testkit.Eventually(s.t, pattern, func() bool {
			found, err := filepath.Glob(filepath.Join(s.Dir, pattern))
			return err == nil && len(found) == want
		})
	}
	for _, name := range []string{"feed.csv", "new.csv", "taken.csv", "untaken.csv", "first.csv", "second.csv"} {
		begun := 0
		for _, i := range s.imports() {
			if fileName(i) == name {
				begun++
			}
		}
		if begun != 1 {
			s.t.Errorf("%s was imported %d times", name, begun)
		}
	}
}

var began = regexp.MustCompile(`msg="a scheduled import begins" profile=(\w+) tick=(\S+)`)

// ticksRanOnce reads of the log which ticks ran: the newest that was missed, and those since.
func (s *restored) ticksRanOnce(log string) {
	s.t.Helper()
	type schedule struct {
		Profile string
		Last    *struct{ Tick time.Time }
	}
	ran := map[time.Time]bool{}
	for _, before := range outputBefore[[]schedule](s, "schedules") {
		if before.Last != nil {
			ran[before.Last.Tick] = true
		}
	}
	ticks := began.FindAllStringSubmatch(log, -1)
	if len(ticks) == 0 {
		s.t.Error("no schedule ran")
	}
	for _, found := range ticks {
		tick, err := time.Parse(time.RFC3339, found[2])
		if err != nil || found[1] != "minutely" || ran[tick] {
			s.t.Errorf("tick %s of %s ran, %v", found[2], found[1], err)
		}
		ran[tick] = true
	}
}

// tokensWereRedeemedOnce also shows that no password was needed: the last answer was in the journal.
func (s *restored) tokensWereRedeemedOnce(before sandbox.Summary) {
	s.t.Helper()
	now := s.box.Summary()
	if now.RefreshPresentationsMax > 1 || now.FamilyRevocations > 0 ||
		now.Grants["password"] != before.Grants["password"] || now.Grants["refresh_token"] == 0 {
		s.t.Errorf("a refresh token was presented %d times, %d families were revoked, grants: %v",
			now.RefreshPresentationsMax, now.FamilyRevocations, now.Grants)
	}
	// One may be there for a moment, while a token is renewed.
	testkit.Eventually(s.t, "no journal is left in the state folder", func() bool {
		found, _ := filepath.Glob(filepath.Join(s.Dir, "state", "*.journal"))
		return len(found) == 0
	})
}
