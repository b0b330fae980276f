package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/monitor"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/report"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// counted makes an import whose rows come to these states, by the moves that are allowed.
func (d *testConsole) counted(n int, rows map[ledger.State]int) ledger.Import {
	d.t.Helper()
	total := 0
	for _, many := range rows {
		total += many
	}
	id := strings.Repeat(string(rune('a'+n)), 8)
	_, _, err := d.account.Ledger.Create(d.t.Context(),
		ledger.Import{ID: id, SHA256: id, Source: "/lists/" + id + ".csv", Rows: total, Chunk: 50,
			Spec: spec.Spec{Account: "main", Event: "e", Template: "t"}})
	row := 0
	for _, s := range slices.Sorted(maps.Keys(rows)) {
		way := []ledger.State{s}
		if !ledger.Allowed(ledger.New, s) {
			way = []ledger.State{ledger.Queued, s}
		}
		for range rows[s] {
			row++
			for _, to := range way {
				if to == ledger.New || err != nil {
					continue
				}
				_, _, err = d.account.Ledger.Move(d.t.Context(), id,
					[]ledger.Move{{Row: row, To: to, Reason: ledger.Reason{Code: "invalid_email"}}})
			}
		}
	}
	imp, read := d.account.Ledger.Import(d.t.Context(), id)
	if err != nil || read != nil {
		d.t.Fatal(err, read)
	}
	return imp
}

// said finds how many rows a text says of each share, by a pattern with the number first.
func said(text, pattern string) map[string]int {
	found := map[string]int{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		found[m[2]] += n
	}
	return found
}

// The counts of an import are the same wherever they are shown, whatever has become of its rows.
func TestNumbersAgreeOnEveryFace(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports)
	v := d.as("gina")
	sent := make(chan notify.Event, 10)
	channel := notify.Channel{Name: "webhook",
		Send: func(_ context.Context, e notify.Event) error { sent <- e; return nil }}
	n := notify.New(d.account.Redis, d.account.Ledger,
		func(context.Context) ([]notify.ClosedGate, error) { return nil, nil }, []notify.Channel{channel}, d.logger())
	if err := n.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	imports := []ledger.Import{
		d.counted(0, map[ledger.State]int{ledger.New: 4, ledger.Queued: 7, ledger.Rejected: 3, ledger.Accepted: 5}),
		d.counted(1, map[ledger.State]int{ledger.Cancelled: 9, ledger.Rejected: 6, ledger.Accepted: 2}),
		d.counted(2, map[ledger.State]int{ledger.Filtered: 2, ledger.Suppressed: 3, ledger.Unchanged: 4, ledger.Accepted: 1}),
		d.counted(3, map[ledger.State]int{ledger.Parked: 8, ledger.ParkedTried: 3, ledger.Refused: 2}),
		d.counted(4, map[ledger.State]int{ledger.Unknown: 3, ledger.Exhausted: 4, ledger.Refused: 5, ledger.Delivered: 1,
			ledger.Undeliverable: 2, ledger.Created: 1}),
		d.counted(5, map[ledger.State]int{ledger.Sending: 1, ledger.Queued: 1, ledger.Accepted: 1234}),
	}
	if err := d.account.Ledger.Pause(t.Context(), imports[0].ID); err != nil {
		t.Fatal(err)
	}
	for _, gates := range []string{"all open", "one closed"} {
		if gates != "all open" {
			if _, err := d.account.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
				t.Fatal(err)
			}
		}
		open, shown := map[string]int{}, map[string]int{}
		for _, imp := range imports {
			p, err := operate.NewWatcher(d.account.Account).Progress(t.Context(), imp.ID)
			if err != nil {
				t.Fatal(err)
			}
			d.agree(v, gates, p)
			if !imp.Done() {
				for _, s := range advice.Shares(imp.Counts, false) {
					open[s.Name] += s.Rows
				}
			}
		}
		m := monitor.NewMetrics()
		m.AddAccount(d.account.Account)
		answer := httptest.NewRecorder()
		m.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		for _, line := range regexp.MustCompile(`guestflow_open_import_rows\{account="main",state="([a-z-]+)"\} (\d+)`).FindAllStringSubmatch(answer.Body.String(), -1) {
			if rows, _ := strconv.Atoi(line[2]); rows > 0 {
				shown[line[1]] = rows
			}
		}
		if !maps.Equal(shown, open) {
			t.Errorf("%s: metrics show %v, the imports have %v", gates, shown, open)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); n.Run(ctx) }()
	for range 3 {
		e := <-sent
		imp := imports[slices.IndexFunc(imports, func(i ledger.Import) bool { return i.ID == e.Import })]
		want := sharesOf(advice.Shares(imp.Counts, false))
		if got := said(e.Text, `(?m)^([\d,]+) rows? ([a-z-]+):`); !maps.Equal(got, want) {
			t.Errorf("the notification of %s says %v, want %v", imp.ID, got, want)
		}
		if e.Fields["attention"] != float64(imp.Counts.Attention()) || e.Fields["rows"] != float64(imp.Rows) {
			t.Errorf("its fields say %v", e.Fields)
		}
	}
	stop()
	<-ended
}

func sharesOf(list []advice.Share) map[string]int {
	m := map[string]int{}
	for _, s := range list {
		m[s.Name] += s.Rows
	}
	return m
}

// unhindered is a budget that nothing holds back.
var unhindered = budget.State{Throttle: 1, Accounts: []budget.RetryBudget{{}}}

// agree compares the faces of one import.
func (d *testConsole) agree(v *testConsole, when string, p operate.Progress) {
	d.t.Helper()
	want, states := sharesOf(p.Shares()), sharesOf(advice.Shares(p.Counts, false))
	compare := func(face string, got, want map[string]int) {
		d.t.Helper()
		if !maps.Equal(got, want) {
			d.t.Errorf("%s, %s: %s shows %v, want %v", when, p.ID, face, got, want)
		}
	}
	page := html.UnescapeString(v.get("/a/main/imports/" + p.ID).body)
	compare("the import's page", said(page, `aria-hidden="true"></span>([\d,]+) ([a-z][a-z -]*)</li>`), want)
	reasons := map[string]int{}
	for _, m := range regexp.MustCompile(`(?s)<tr><td><span class="dot[^>]*></span>([a-z-]+)</td>.*?<td class="n"><a[^>]*>([\d,]+)</a>`).FindAllStringSubmatch(page, -1) {
		rows, _ := strconv.Atoi(strings.ReplaceAll(m[2], ",", ""))
		reasons[m[1]] += rows
	}
	for name, rows := range reasons {
		if states[name] != rows {
			d.t.Errorf("%s, %s: the table of reasons has %d %s, beside it stand %d", when, p.ID, rows, name, states[name])
		}
	}
	var lines strings.Builder
	o := operate.Overview{Budget: unhindered, Running: []operate.Progress{p}}
	if p.Done() {
		o = operate.Overview{Budget: unhindered, Ended: []ledger.Import{p.Import}}
	}
	for _, l := range terminal.Overview(o, 400) {
		lines.WriteString(l.Text() + "\n")
	}
	compare("status --watch", only(said(lines.String(), `(\d+) ([a-z][a-z -]*?)(?: ·|\n)`), want), want)
	compare("a line of the log", said(terminal.Shares(p.Shares()), `(\d+) ([a-z][a-z -]*)`), want)
	raw, err := json.Marshal(p.Import)
	var fields struct {
		Counts map[string]int `json:"counts"`
		Rows   int            `json:"rows"`
	}
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	maps.DeleteFunc(fields.Counts, func(_ string, n int) bool { return n == 0 })
	if err != nil || fields.Rows != p.Counts.Total() {
		d.t.Errorf("JSON of %s: %d rows, %v", p.ID, fields.Rows, err)
	}
	compare("JSON", fields.Counts, states)
	d.reported(p, compare, states)
}

// reported compares the report.
func (d *testConsole) reported(p operate.Progress, compare func(string, map[string]int, map[string]int),
	states map[string]int) {
	d.t.Helper()
	summary, err := report.Summarise(d.t.Context(), d.account.Ledger, p.ID, time.Now())
	if err != nil {
		d.t.Fatal(err)
	}
	got := map[string]int{}
	for _, s := range summary.States {
		got[s.State.String()] = s.Rows
	}
	compare("the report", got, states)
	for _, g := range summary.Reasons {
		got[g.State.String()] -= g.Rows
	}
	for _, s := range []ledger.State{ledger.Rejected, ledger.Refused, ledger.Cancelled, ledger.Unknown, ledger.Exhausted} {
		if got[s.String()] != 0 {
			d.t.Errorf("the report of %s: %d %s rows without a reason", p.ID, got[s.String()], s)
		}
	}
	var b bytes.Buffer
	if err := summary.HTML(&b); err != nil {
		d.t.Fatal(err)
	}
	for _, s := range summary.States {
		if !strings.Contains(b.String(), fmt.Sprint(s.State)) {
			d.t.Errorf("the report's page leaves out %s", s.State)
		}
	}
}

// only keeps what is wanted: a picture has other numbers, too.
func only(got, want map[string]int) map[string]int {
	maps.DeleteFunc(got, func(name string, _ int) bool { _, is := want[name]; return !is })
	return got
}
