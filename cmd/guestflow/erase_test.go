package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/testkit"
	"guestflow/importer/erasure"
)

// holding returns the files below a folder, and the keys of Redis, that have a text.
func (r *receiving) holding(text, dir string) (list []string) {
	r.t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it was put away meanwhile
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if strings.Contains(strings.ToLower(string(content)), text) {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, key := range r.redis.Keys(r.t.Context(), "*").Val() {
		content, err := r.redis.Dump(r.t.Context(), key).Result()
		if err == nil && strings.Contains(strings.ToLower(key+content), text) {
			list = append(list, key)
		}
	}
	return list
}

func TestNothingOfAnErasedPersonIsLeftInRedisOrInTheFolders(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	inbox := filepath.Join(h.dir, "in")
	if err := os.Mkdir(inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	h.start("running", "run", "--inbox="+inbox, event, template, "--settle=10ms")
	h.put("in/guests.csv", "First Name,Last Name,Email\nAnn,Lee,erased@x.example\nBob,Kim,fail@x.example\nCid,,none\n")
	testkit.Eventually(t, "the report is there", func() bool {
		reports, _ := filepath.Glob(filepath.Join(inbox, "done", "*.report", "*-result.csv")) // whole, and no longer being written
		return len(reports) == 1
	})
	testkit.Eventually(t, "list and report hold the person",
		func() bool { return len(h.holding("erased@x.example", inbox)) >= 2 })
	h.good("suppress", "add", "erased@x.example")
	var r erasure.Result
	if err := json.Unmarshal([]byte(h.good("erase", "Erased@x.example", "--inbox="+inbox, "--yes", "--json")),
		&r); err != nil || r.Rows != 1 || r.Index != 1 || r.FileRows < 2 || !r.Kept {
		t.Errorf("%+v, %v", r, err)
	}
	if out := h.good("erase", "erased@x.example", "--inbox="+inbox, "--yes"); !strings.Contains(out, "stays suppressed, as a hash") {
		t.Error(out)
	}
	if out := h.good("erase", "nobody@x.example", "--inbox="+inbox, "--yes"); !strings.Contains(out, "guestflow suppress add") {
		t.Error(out)
	}
	if left := h.holding("erased@x.example", h.dir); len(left) > 0 {
		t.Errorf("left in %v", left)
	}
	if others := h.holding("fail@x.example", inbox); len(others) < 2 {
		t.Errorf("another guest is held by %v", others)
	}
	if out := h.good("suppress", "check", "erased@x.example"); !strings.Contains(out, "not mailed") {
		t.Error(out)
	}
	if _, errs, code := h.run("erase", "erased@x.example"); code != exit.Declined || strings.Contains(errs, "x.example") {
		t.Errorf("unasked: exit %d, %s", code, errs)
	}
}
