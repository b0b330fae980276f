package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// judged is one row of one import, as its report has it.
type judged struct {
	file, row     string
	email         string
	state, reason string
}

func (j judged) String() string {
	return fmt.Sprintf("%s row %s (%s): %s %s", j.file, j.row, j.email, j.state, j.reason)
}

// elsewhere reports whether a row is unknown for no reason of its own, but because another one is.
func (j judged) elsewhere() bool { return j.code() == reason.UnknownElsewhere }

// code is what the reason begins with.
func (j judged) code() string {
	code, _, _ := strings.Cut(j.reason, ":")
	return code
}

// verdict is everything that is held against each other.
type verdict struct {
	*chaos
	books  sandbox.History
	rows   []judged
	guests map[string]string         // ids of those that are there, by email
	called map[string]string         // ids of those that were asked for, by email
	emails map[string]int            // queued, by guest id
	calls  map[string][]sandbox.Call // by guest id
	wrong  int
	why    map[string]int // why rows are unknown
	codes  map[string]int // what their reports say of it
}

// judge holds what guestflow says against what the sandbox has seen.
func (c *chaos) judge() {
	v := &verdict{chaos: c, guests: map[string]string{}, called: map[string]string{}, emails: map[string]int{},
		calls: map[string][]sandbox.Call{}, why: map[string]int{}, codes: map[string]int{}}
	v.readBooks()
	imports := c.imports()
	for _, imp := range imports {
		v.countersAddUp(imp)
	}
	total := 0
	for _, rows := range rowsByList(imports) {
		total += rows
	}
	if want := c.size.total(); total != want {
		v.blame("%d rows of all lists, want %d", total, want)
	}
	v.eachGuestOnce()
	v.eachUnknownHasACause()
	v.tokensOnce()
	v.fewProbes()
	c.t.Logf("what was done: %v\nfaults: %v\nstates: %s\nwhy unknown: %v, told as %v\nthe sandbox: %d guests, %d emails, calls %v, tokens by %v",
		c.done, c.faults, terminal.Counts(c.counts()), v.why, v.codes, v.books.Guests, v.books.Emails, v.books.Calls,
		v.books.Grants)
}

// blame lists what is wrong; a hundred lines say no more than twenty.
func (v *verdict) blame(format string, args ...any) {
	v.t.Helper()
	if v.wrong++; v.wrong <= 20 {
		v.t.Errorf(format, args...)
	} else {
		v.t.Fail()
	}
}

func (v *verdict) readBooks() {
	var err error
	if v.books, err = v.admin.History(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
	if raw, err := json.Marshal(v.books); err == nil { // to find the cause
		_ = os.WriteFile(filepath.Join(v.t.ArtifactDir(), "books.json"), raw, 0o600)
	}
	for _, g := range v.books.GuestList {
		if v.guests[g.Email] != "" {
			v.blame("%s is two guests, %s and %s", g.Email, v.guests[g.Email], g.ID)
		}
		v.guests[g.Email] = g.ID
	}
	for _, e := range v.books.EmailList {
		v.emails[e.GuestID] += e.Count
	}
	for _, call := range v.books.CallList {
		v.calls[call.GuestID] = append(v.calls[call.GuestID], call)
		if call.Email != "" {
			v.called[call.Email] = call.GuestID
		}
	}
}

// countersAddUp reads the report of an import: its rows, counted one by one, are what the counters say.
func (v *verdict) countersAddUp(imp ledger.Import) {
	printed, errs, code := v.run("report", imp.ID, "--json")
	var files struct {
		Result string `json:"result_file"`
	}
	if err := json.Unmarshal([]byte(printed), &files); err != nil || code != exit.OK {
		v.t.Fatalf("exit %d, %v\n%s%s", code, err, printed, errs)
	}
	rows := readResult(v, files.Result)
	counted := map[string]int{}
	for _, r := range rows {
		counted[r.state]++
	}
	if imp.Counts.Total() != imp.Rows || len(rows) != imp.Rows {
		v.blame("import %s of %d rows: the counters add up to %d, the report has %d", imp.ID, imp.Rows, imp.Counts.Total(),
			len(rows))
	}
	for s, n := range imp.Counts {
		if counted[ledger.State(s).String()] != n {
			v.blame("import %s: the counter of %s says %d, %d rows are in it", imp.ID, ledger.State(s), n,
				counted[ledger.State(s).String()])
		}
	}
	v.rows = append(v.rows, rows...)
}

func readResult(v *verdict, path string) (rows []judged) {
	f, err := os.Open(path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		v.t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(records[0], name) }
	for _, r := range records[1:] {
		rows = append(rows, judged{
			file: path[strings.LastIndexByte(path, '/')+1:], row: r[at("guestflow_row")], email: r[at("Email")],
			state: r[at("guestflow_state")], reason: r[at("guestflow_reason")],
		})
	}
	return rows
}

// eachGuestOnce: one guest and one email, or a state that says why not.
func (v *verdict) eachGuestOnce() {
	owners := map[string]judged{} // by email: the row that made the guest
	for _, r := range v.rows {
		switch r.state {
		case "rejected":
			if r.email != "bob@nowhere" && !strings.HasPrefix(r.reason, "duplicate") {
				v.blame("rejected without a fault of its own: %s", r)
			}
		case "unchanged":
		case "accepted", "unknown":
			if r.elsewhere() {
				continue
			}
			if o, twice := owners[r.email]; twice {
				v.blame("two rows made one guest: %s, and %s", o, r)
			}
			owners[r.email] = r
		default:
			v.blame("at the end no row may be so: %s", r)
		}
	}
	for _, r := range v.rows {
		o, owned := owners[r.email]
		if r.state == "unchanged" && !owned || r.elsewhere() && o.state != "unknown" {
			v.blame("no process has done what this row relies on: %s", r)
		}
	}
	for email, r := range owners {
		id, exists := v.guests[email]
		n := v.emails[id]
		if n > 1 || (r.state == "accepted" && n != 1) || (!exists && r.state == "accepted") {
			v.blame("%d emails, guest there: %v: %s\n%s", n, exists, r, v.history(id))
		}
	}
	for email := range v.guests {
		if _, owned := owners[email]; !owned {
			v.blame("a guest of no row: %s", email)
		}
	}
	if v.books.EmailsMax > 1 {
		v.blame("one guest got %d emails", v.books.EmailsMax)
	}
}

// patience is how long a client waits for an answer at least.
const patience = qflow.DefaultTimeout - time.Second

// aftermath is how long after an answer its row is still in danger: until its outcome is written down.
func (v *verdict) aftermath() time.Duration { return 2*time.Second + 10*v.late.Most() }

// eachUnknownHasACause: the sandbox knows of a reply that was lost, or something happened to a process in the middle of
// a call. The sandbox does not see who calls, so the latter is judged by the time alone.
func (v *verdict) eachUnknownHasACause() {
	for _, r := range v.rows {
		if r.state != "unknown" || r.elsewhere() {
			continue
		}
		cause := v.causeOf(r, v.calls[v.called[r.email]])
		v.why[cause]++
		v.codes[r.code()]++
		if strings.HasPrefix(cause, "no cause") {
			v.blame("%s: %s\n%s", cause, r, v.history(v.called[r.email]))
		}
	}
	few := len(v.hurts) // a brief run has too few for a share of them to mean something
	if testkit.Long() {
		few = few/10 + 1
	}
	if n := v.why[beforeCall]; n > few {
		v.blame("%d rows are unknown though the server has answered every call for them", n)
	}
}

// beforeCall is for rows that were marked and then not called: the process that was about to was killed or frozen, or
// Redis went away with its answer to the mark. The server sees nothing of that, so all that can be asked is that there
// are few of them.
const beforeCall = "hit after the mark, before the call"

func (v *verdict) causeOf(r judged, calls []sandbox.Call) string {
	unproven := strings.HasPrefix(r.reason, "unproven")
	want := sandbox.Send
	if unproven {
		want = sandbox.CreateGuest
	}
	sent := 0
	for _, c := range calls {
		if c.Endpoint == want {
			if sent++; c.Lost() || c.Answered.Sub(c.Arrived) > patience {
				return fmt.Sprintf("reply of %s lost", want)
			}
		}
	}
	for _, what := range []string{killed, frozen, noRedis} {
		for _, c := range calls {
			if c.Endpoint == want && v.hit(what, c) {
				return fmt.Sprintf("%s in the middle of %s", what, want)
			}
		}
	}
	if unproven || sent == 0 && strings.HasPrefix(r.reason, "interrupted") {
		return beforeCall
	}
	return "no cause is known"
}

func (v *verdict) hit(what string, c sandbox.Call) bool {
	return slices.ContainsFunc(v.hurts, func(h hurt) bool { return h.what == what && v.near(h, c) })
}

// near reports whether something happened around a call.
func (v *verdict) near(h hurt, c sandbox.Call) bool {
	return h.from.Before(c.Answered.Add(v.aftermath())) && h.to.After(c.Arrived.Add(-v.aftermath()))
}

// history is everything that happened to one guest, to find a cause.
func (v *verdict) history(id string) string {
	var b strings.Builder
	for _, c := range v.calls[id] {
		fmt.Fprintf(&b, "    %s to %s %s %s %s\n", c.Arrived.Format(time.StampMilli), c.Answered.Format(time.StampMilli),
			c.Endpoint, c.Outcome, c.Fault)
		for _, h := range v.hurts {
			if v.near(h, c) {
				fmt.Fprintf(&b, "        %s to %s %s\n", h.from.Format(time.StampMilli), h.to.Format(time.StampMilli), h.what)
			}
		}
	}
	return b.String()
}

func (v *verdict) tokensOnce() {
	if v.books.RefreshPresentationsMax > 1 || v.books.FamilyRevocations > 0 {
		v.blame("a refresh token was presented %d times; %d families were revoked for it", v.books.RefreshPresentationsMax,
			v.books.FamilyRevocations)
	}
	if len(v.books.RefreshPresentations) == 0 {
		v.blame("no refresh token was ever presented: that part proves nothing")
	}
}

// fewProbes: the books cannot tell a probe from a call that was in flight when its gate closed, or that left a process
// that was frozen in front of it. So all of those are allowed for: one call in flight of each place, for each closing
// and each hurt, and one probe in each interval. Without gates that hold, there would be a hundred refusals a second.
func (v *verdict) fewProbes() {
	refused := 0
	for _, c := range v.books.CallList {
		if c.Outcome == "403" {
			refused++
		}
	}
	allowed := 0
	for _, h := range v.hurts {
		switch h.what {
		case gated:
			allowed += chaosWorkers*chaosPlaces + 1 + int(h.to.Sub(h.from)/chaosProbes)
		case frozen, killed:
			allowed += chaosPlaces
		}
	}
	v.t.Logf("%d calls were refused by closed gates, at most %d can be explained", refused, allowed)
	if refused > allowed {
		v.blame("%d calls were refused by closed gates", refused)
	}
}
