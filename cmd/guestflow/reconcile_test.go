package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

func TestWhoIsAtQflowIsLaidBesideWhoWasImported(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.PageSize, s.GuestPaging = 4, "number" }})
	h.start("running", "run")
	h.must("import", h.file("guests.csv", 10), event, "--wait")
	id := h.status().ID

	out := h.must("reconcile", "--import", id, "--out", h.dir)
	if !strings.Contains(out, "Qflow lists 10 guests") || !strings.Contains(out, "may have more") ||
		!strings.Contains(out, "10  there and here, and alike") {
		t.Error(out)
	}
	path := filepath.Join(h.dir, "guestflow-reconcile-"+id+".csv")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	var got struct {
		Same      int  `json:"same"`
		MayBePart bool `json:"may_be_part"`
	}
	if err := json.Unmarshal([]byte(h.must("reconcile", event, "--json", "--settle-unknown", "--yes")),
		&got); err != nil || got.Same != 10 || !got.MayBePart {
		t.Errorf("%+v, %v", got, err)
	}
	for _, args := range [][]string{
		{"reconcile"}, {"reconcile", "--import", "aaaaaaaa"}, {"reconcile", "--import", id, "--event", "other"},
		{"reconcile", event, "--out", filepath.Join(h.dir, "nowhere")},
	} {
		if _, errs, code := h.run(args...); code != exit.Usage {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	if _, errs, code := h.run("reconcile", "--event", "e0000000-0000-4000-8000-00000000dead"); code != exit.Refused ||
		!strings.Contains(errs, "nothing is said of who is missing") {
		t.Errorf("exit %d, %s", code, errs)
	}
	left, _ := filepath.Glob(filepath.Join(h.dir, "*.tmp"))
	if len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Whose name or address was corrected keeps his id, and is as the list has him that has corrected him.
func TestAGuestWhoWasCorrectedIsAlikeAtQflow(t *testing.T) {
	t.Parallel()
	h := newNearHouse(t)
	h.list(guestList)
	h.list(corrected, "--near-misses=update")
	if out := h.must("reconcile", event); !strings.Contains(out, "4  there and here, and alike") {
		t.Error(out)
	}
}
