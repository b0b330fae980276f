package console_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow/sandbox"
)

// Whatever was dropped is on one page, with what became of it and why; names are shown and do nothing.
func TestWhatBecameOfADroppedFileIsOnThePage(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports)
	dir := filepath.Join(t.TempDir(), "inbox")
	to := importer.Settings{Spec: spec.Spec{Account: "main", Event: sandbox.Defaults().EventID,
		Template: sandbox.Defaults().TemplateID}}
	box, err := inbox.New(dir, 0, map[string]importer.Settings{"": to, "gala": to}, d.account.Consume, d.logger())
	if err != nil {
		t.Fatal(err)
	}
	var folders spool.Spools
	for _, sub := range []string{"", "gala"} {
		s, err := spool.Open(filepath.Join(dir, sub), importer.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, s)
	}
	d.account.Inbox = console.Inbox{Dir: dir, Folders: folders,
		Watch: &spool.Watch{Ignore: func(name string) bool { return inbox.Own(name, []string{"gala"}) }}}
	const list = "First name,Last name,Email\nAnn,Lee,ann.lee@example.com\n"
	for name, content := range map[string]string{
		"taken.csv": list, "gala/fine.csv": "First name,Last name,Email\nBo,Ray,bo.ray@example.com\n",
		"broken.csv": "%PDF-1.4 \n",
		"old.xls":    "x", "galla/lost.csv": list, ".hidden.csv": list, "half.csv.part": list, "esc\x1b[2J<b>.xls": "x",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700),
			os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	v := d.as("vera")
	testkit.Eventually(t, "the lists are taken", func() bool {
		box.Look(t.Context())
		return len(d.imports()) == 2
	})
	if err := os.WriteFile(filepath.Join(dir, "again-later.csv"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	page := v.get("/a/main/inbox")
	v.wants(page, 200, "again-later.csv", "it is taken once it has been unchanged", "old.xls", "save it as .xlsx or .csv",
		"galla",
		"there is no profile of this folder", "broken.csv", "fine.csv", "in gala", ".hidden.csv", "half.csv.part",
		"2 temporary or hidden files")
	for _, imp := range d.imports() {
		if !strings.Contains(page.body, `/a/main/imports/`+imp.ID+`"`) {
			t.Errorf("no link to import %s", imp.ID)
		}
	}
	for _, never := range []string{"\x1b", "<b>", "ann.lee", "lost.csv", "not-imported"} {
		if strings.Contains(page.body, never) {
			t.Errorf("the page shows %q", never)
		}
	}
	testkit.Eventually(t, "the repeated list is put away", func() bool {
		box.Look(t.Context())
		return strings.Contains(v.get("/a/main/inbox").body, "Imported before: ")
	})
	d.account.Inbox = console.Inbox{}
	v.wants(v.get("/a/main/inbox"), 200, "watches no folder")
}
