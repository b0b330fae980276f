package terminal

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// shown is a picture as text.
func shown(layout func(operate.Overview, int) []Line, o operate.Overview) string {
	var b strings.Builder
	for _, l := range layout(o, 300) {
		b.WriteString(l.paint(300, false) + "\n")
	}
	return b.String()
}

// running is an import of ten rows in a state.
func running(id string, s ledger.State) operate.Progress {
	i := ledger.Import{ID: id, Source: id + ".csv", Rows: 10}
	i.Counts[s] = 10
	return operate.Progress{Import: i}
}

func TestAPictureSaysWhyOneImportIsStuckWhileAnotherMoves(t *testing.T) {
	t.Parallel()
	quick, stuck, paused := running("quick", ledger.Queued), running("killed", ledger.New),
		running("halted", ledger.Queued)
	quick.Rate = 9
	stuck.Stall, stuck.Remaining = "its importer stopped half-way, 10 rows were never queued", 5*time.Hour
	paused.Stopped, paused.Stall = ledger.StoppedPaused, "it is paused: resume it with guestflow resume halted"
	o := operate.Overview{Budget: unhindered, Running: []operate.Progress{quick, stuck, paused}}
	for name, text := range map[string]string{"status --watch": shown(Overview, o), "top": shown(Ranking, o),
		"lines": strings.Join(inLines(o), "\n")} {
		if strings.Count(text, stuck.Stall) != 1 || !strings.Contains(text, "stuck") {
			t.Errorf("%s does not say once why one is stuck: %s", name, text)
		}
		if strings.Contains(text, "Nothing moves") || strings.Contains(text, "not moving yet") ||
			strings.Contains(text, "5h") {
			t.Errorf("%s says what is not so: %s", name, text)
		}
	}
	if text := shown(Overview, o); !strings.Contains(text, paused.Stall) {
		t.Errorf("it does not say how a paused one goes on: %s", text)
	}
	o = operate.Overview{Budget: unhindered, Running: []operate.Progress{stuck}, Stall: stuck.Stall}
	if text := shown(Overview, o) + shown(Ranking, o); strings.Count(text, stuck.Stall) != 2 {
		t.Errorf("the heading and the import say the same: %s", text)
	}
}

func TestAPictureSpeaksOfAGateOnlyWhileOneIsClosed(t *testing.T) {
	t.Parallel()
	p := running("a", ledger.Parked)
	p.RemainingParked = 10 * time.Minute
	open := shown(Overview, operate.Overview{Budget: unhindered, Running: []operate.Progress{p}})
	if !strings.Contains(open, "being released, about 10m0s") || strings.Contains(open, "waiting for its gate") {
		t.Errorf("with all gates open: %s", open)
	}
	p.Gated, p.Stall = true, "the trust gate is closed"
	o := operate.Overview{Budget: unhindered, Gates: []gate.Closed{{Gate: "trust"}}, Running: []operate.Progress{p}}
	if closed := shown(Overview, o) + shown(Ranking, o); !strings.Contains(closed,
		"waiting for its gate, then about 10m0s") || strings.Contains(closed, "stuck") {
		t.Errorf("with one closed: %s", closed)
	}
}

// unhindered is a budget that nothing holds back.
var unhindered = budget.State{Throttle: 1, Accounts: []budget.RetryBudget{{}}}

func TestABarHasRoomForTheSmallestPart(t *testing.T) {
	t.Parallel()
	var c ledger.Counts
	c[ledger.Accepted], c[ledger.Refused], c[ledger.Queued] = 1_000_000, 1, 1
	for _, width := range []int{8, 40, 200} {
		painted := bar(advice.Shares(c, false), c, width).paint(width, false)
		if n := len([]rune(painted)); n > width || n > longestBar {
			t.Errorf("%d wide in %d: %q", n, width, painted)
		}
		if width > 8 && (!strings.Contains(painted, "▓") || !strings.Contains(painted, "░")) {
			t.Errorf("something is missing in %q", painted)
		}
	}
}

func TestAFileNameGivesTheTerminalNoCommands(t *testing.T) {
	t.Parallel()
	o := operate.Overview{Budget: unhindered,
		Running: []operate.Progress{{Import: ledger.Import{ID: "a", Source: "\x1b]0;gotcha\x07\r\n.csv", Rows: 1}}}}
	for _, layout := range []func(operate.Overview, int) []Line{Overview, Ranking} {
		for _, l := range layout(o, 200) {
			if painted := l.paint(200, false); strings.ContainsAny(painted, "\x1b\x07\r\n") {
				t.Errorf("%q", painted)
			}
		}
	}
}

func TestTopShowsWhatMovesFastestFirst(t *testing.T) {
	t.Parallel()
	open := func(id string, rate float64) operate.Progress {
		i := ledger.Import{ID: id, Rows: 10}
		i.Counts[ledger.Queued] = 10
		return operate.Progress{Import: i, Rate: rate}
	}
	o := operate.Overview{Budget: unhindered,
		Running: []operate.Progress{open("slow", 2), open("stuck", 0), open("quick", 90)},
		Ended:   []ledger.Import{{ID: "gone", Finished: time.Now()}}}
	var order []string
	for _, l := range Ranking(o, 200) {
		if word, _, _ := strings.Cut(l.paint(200, false), " "); slices.Contains([]string{"slow", "stuck", "quick", "gone"},
			word) {
			order = append(order, word)
		}
	}
	if fmt.Sprint(order) != "[quick slow stuck gone]" {
		t.Fatal(order)
	}
}
