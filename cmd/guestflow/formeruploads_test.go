package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/spool"
	"guestflow/qflow/sandbox"
)

// formerUpload puts an upload into the state folder as the console left it before uploads lay in a spool.
func (h *house) formerUpload(id, name, content, order string) {
	h.t.Helper()
	dir := filepath.Join(".guestflow", "uploads", "sandbox", id)
	h.put(filepath.Join(dir, "list", name), content)
	h.put(filepath.Join(dir, "upload.json"), fmt.Sprintf(`{"name":%q,"size":%d,"by":"gina","at":"2026-11-01T10:00:00Z",`+
		`"wish":{"Profile":"","Event":"","Template":"","Key":"","Mapping":{"notes":"=by browser"},"SplitNames":false,`+
		`"Dates":"","Sheet":"","Encoding":"","HeaderRow":"","Hidden":"","Again":false}%s}`, name, len(content), order))
}

func TestUploadsOfTheVersionBeforeWaitOrGoOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	d := sandbox.Defaults()
	h.formerUpload("AAAAAAAAAAAAAAAAAAAAAAAAAA", "waits.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\n", "")
	h.formerUpload("BBBBBBBBBBBBBBBBBBBBBBBBBB", "started.csv", "First Name,Last Name,Email\nBob,Lee,bob@example.com\n",
		fmt.Sprintf(`,"order":{"import":"abcdefgh","sha256":"x","event":%q,"template":%q,"zone":"Europe/London"}`, d.EventID, d.TemplateID))
	h.formerUpload("CCCCCCCCCCCCCCCCCCCCCCCCCC", "over.csv", "First Name,Last Name,Email\nCyd,Lee,cyd@example.com\n",
		`,"order":{"import":"ijklmnop","sha256":"x","over":true}`)
	h.start("running", "run")
	testkit.Eventually(t, "what was started is out", func() bool { return box.Summary().Emails == 1 })
	waiting := h.waiting()
	if len(waiting) != 1 || waiting[0].File != "waits.csv" || waiting[0].Door != spool.Console || waiting[0].By != "gina" {
		t.Errorf("%+v wait", waiting)
	}
	if left, _ := os.ReadDir(filepath.Join(h.dir, ".guestflow", "uploads", "sandbox")); len(left) != 0 {
		t.Errorf("%v is left of them", left)
	}
	if over, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "spool", "sandbox", "done",
		"*-ijklmnop--over.csv")); len(over) != 1 {
		t.Errorf("the file of an import that is over is at %v", over)
	}
	if s := box.Summary(); s.Guests != 1 {
		t.Errorf("%d guests", s.Guests)
	}
}
