package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

func TestPagesSpeakOfAGateOnlyWhileOneIsClosed(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	imp := d.list("Ann,Lee,ann@example.com", "Bob,Ray,bob@example.com")
	for row := range 2 {
		if _, _, err := d.account.Ledger.Move(t.Context(), imp.ID, []ledger.Move{{Row: row + 1, To: ledger.Parked,
			KeepSettled: true}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.account.Gates.Close(t.Context(), qflow.GateTrust, "x"); err != nil {
		t.Fatal(err)
	}
	of := "/a/main/imports/" + imp.ID
	d.wants(d.get(of), http.StatusOK, "2 rows wait for a gate")
	d.wants(d.get("/a/main/"), http.StatusOK, "2 rows wait for a gate", ">rows wait for a gate</a>")
	d.wants(d.get("/a/main/parked"), http.StatusOK, "2 rows wait.", "when their gate opens")
	d.wants(d.get(of+"/rows/1"), http.StatusOK, advice.Meaning(ledger.Parked))
	if _, err := d.account.Gates.Open(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	silent := func(paths ...string) {
		t.Helper()
		for _, path := range paths {
			page := d.get(path)
			for _, words := range []string{"wait for a gate", "once it opens", "their gate opens", "the gate opens",
				"waiting for a gate"} {
				if strings.Contains(page.body, words) {
					t.Errorf("%s says %q with all gates open: %s", path, words, page.body)
				}
			}
		}
	}
	d.wants(d.get(of), http.StatusOK, "2 rows were parked")
	d.wants(d.get("/a/main/parked"), http.StatusOK, "All gates are open.", "2 rows were parked")
	d.wants(d.get(of+"/rows/1"), http.StatusOK, "was parked; no gate is closed now")
	silent("/a/main/", of, "/a/main/parked", of+"/rows/1")
	if err := d.account.Ledger.Pause(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/a/main/parked"), http.StatusOK, "· paused")
	silent("/a/main/", of, "/a/main/parked", of+"/rows/1")
	d.wants(d.get(of+"/rows/1"), http.StatusOK, "no gate is closed now, but the import is paused")
	if page := d.get("/a/main/parked"); strings.Contains(page.body, "being released") {
		t.Errorf("it says that a paused import goes out: %s", page.body)
	}
}

func TestTheOverviewWarnsOfOneThatIsStuckWhileAnotherMoves(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.list("Ann,Lee,ann@example.com")
	const rows = 200 // in one second or a hundred: it moves
	list := make([]string, rows)
	for n := range list {
		list[n] = fmt.Sprintf("Bob,Ray,bob%d@example.com", n)
	}
	quick := d.list(list...)
	if _, _, err := d.account.Ledger.Move(t.Context(), quick.ID, []ledger.Move{{Row: rows, To: ledger.Parked,
		KeepSettled: true}}); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/a/main/"), http.StatusOK, "Nothing moves:")
	moves := make([]ledger.Move, rows-1)
	for n := range moves {
		moves[n] = ledger.Move{Row: n + 1, To: ledger.Accepted, KeepSettled: true}
	}
	if _, _, err := d.account.Ledger.Move(t.Context(), quick.ID, moves); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get("/a/main/"), http.StatusOK, `class="banner warn"`, "1 import is stuck</strong>, of 2",
		"no worker is running", "1 row was parked, and is being released")
}
