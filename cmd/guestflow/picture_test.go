package main

import (
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// shown is a picture as text.
func shown(layout func(operate.Overview, int) []line, o operate.Overview) string {
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
	quick, stuck, paused := running("quick", ledger.Queued), running("killed", ledger.New), running("halted", ledger.Queued)
	quick.Rate = 9
	stuck.Stall, stuck.Remaining = "its importer stopped half-way, 10 rows were never enqueued", 5*time.Hour
	paused.Stopped, paused.Stall = ledger.StoppedPaused, "it is paused: go on with guestflow resume halted"
	o := operate.Overview{Budget: unhindered, Running: []operate.Progress{quick, stuck, paused}}
	for name, text := range map[string]string{"status --watch": shown(picture, o), "top": shown(ranking, o), "lines": strings.Join(inLines(o), "\n")} {
		if strings.Count(text, stuck.Stall) != 1 || !strings.Contains(text, "stuck") {
			t.Errorf("%s does not say once why one is stuck: %s", name, text)
		}
		if strings.Contains(text, "Nothing moves") || strings.Contains(text, "not moving yet") || strings.Contains(text, "5h") {
			t.Errorf("%s says what is not so: %s", name, text)
		}
	}
	if text := shown(picture, o); !strings.Contains(text, paused.Stall) {
		t.Errorf("it does not say how a paused one goes on: %s", text)
	}
	o = operate.Overview{Budget: unhindered, Running: []operate.Progress{stuck}, Stall: stuck.Stall}
	if text := shown(picture, o) + shown(ranking, o); strings.Count(text, stuck.Stall) != 2 {
		t.Errorf("the heading and the import say the same: %s", text)
	}
}

func TestAPictureSpeaksOfAGateOnlyWhileOneIsClosed(t *testing.T) {
	t.Parallel()
	p := running("a", ledger.Parked)
	p.RemainingParked = 10 * time.Minute
	open := shown(picture, operate.Overview{Budget: unhindered, Running: []operate.Progress{p}})
	if !strings.Contains(open, "was parked, and goes out now, in about 10m0s") || strings.Contains(open, "waits for its gate") {
		t.Errorf("with all gates open: %s", open)
	}
	p.Gated, p.Stall = true, "the trust gate is closed"
	o := operate.Overview{Budget: unhindered, Gates: []gate.Closed{{Gate: "trust"}}, Running: []operate.Progress{p}}
	if closed := shown(picture, o) + shown(ranking, o); !strings.Contains(closed, "waits for its gate, then takes 10m0s") || strings.Contains(closed, "stuck") {
		t.Errorf("with one closed: %s", closed)
	}
}
