package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/qflow/sandbox"
)

func TestAGuestIsFoundInEveryImportThatHasHim(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	const header = "First Name,Last Name,Email,Barcode\n"
	h.must("import", h.write("a.csv", header+"Ann,Lee,ann@example.com,B-1\nBob,Ray,bob@example.com,B-2\n"), event,
		template, "--wait")
	first := h.status().ID
	h.must("import", h.write("b.csv", header+"Cy,Day,cy@example.com,B-3\nAnn,Lee,Ann@Example.com,B-1\n"), event,
		"--template="+sandbox.Defaults().SecondTemplate, "--wait")
	second := h.status().ID
	for _, text := range []string{"ann@example.com", "Ann Lee", "ANN LEE", "B-1", "lee"} {
		var got foundGuests
		out := h.must("guest", "find", text, "--json")
		if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Guests) != 2 || !got.Complete ||
			got.Guests[0].Import != second || got.Guests[1].Import != first {
			t.Fatalf("%q: %v\n%s", text, err, out)
		}
		if g := got.Guests[0]; g.Row != 2 || g.Line != 3 || g.State != "accepted" || g.Event != sandbox.Defaults().EventID ||
			g.Template != sandbox.Defaults().SecondTemplate || g.Started.IsZero() {
			t.Errorf("%q: %+v", text, g)
		}
	}
	id := h.box.History().GuestList[0].ID
	if out := h.must("guest", "find", id); !strings.Contains(out, "1 row found") {
		t.Errorf("by id: %s", out)
	}
	if out := h.must("guest", "find", "Bob", "Ray"); !strings.Contains(out, first) ||
		!strings.Contains(out, "bob@example.com") || !strings.Contains(out, "1 row found in 2 imports of 2.") {
		t.Errorf("on a terminal: %s", out)
	}
	if out := h.must("guest", "find", "nobody@example.com"); !strings.Contains(out, "0 rows found") {
		t.Errorf("without a match: %s", out)
	}
	if _, errs, code := h.run("guest", "find", "a"); code != exit.Usage || !strings.Contains(errs, "two characters") {
		t.Errorf("too short: exit %d, %s", code, errs)
	}
	if out := h.must("guest", "find", "ann@example.com", "--within=1ns"); !strings.Contains(out, "Time was up") {
		t.Errorf("without time: %s", out)
	}
	h.must("import", filepath.Join(h.dir, "a.csv"), event, "--template="+sandbox.Defaults().SecondTemplate, "--wait")
	if out := h.must("guest", "find", "B-2"); !strings.Contains(out, "2 rows found in 3 imports of 3.") {
		t.Errorf("one file, imported with two templates: %s", out)
	}
	if err := os.Remove(filepath.Join(h.dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	if out := h.must("guest", "find", "ann@example.com"); !strings.Contains(out, "2 imports could not be searched") ||
		!strings.Contains(out, first) {
		t.Errorf("with a file that is gone: %s", out)
	}
}
