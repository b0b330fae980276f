package console_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
)

func TestAnUploadedNameLeadsNowhere(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	for sent, kept := range map[string]string{
		"../../../etc/passwd": "passwd", `..\\..\\boot.ini`: "boot.ini", "/abs/list.csv": "list.csv", "..": "list", ".hidden.csv": "hidden.csv",
		"a\u202egnp.csv": "agnp.csv", strings.Repeat("ö", 300) + ".csv": strings.Repeat("ö", 88) + ".csv", "upload.json": "upload.json",
	} {
		a := d.upload(sent, guestList(1))
		d.wants(a, http.StatusOK, "<h1>"+kept+"</h1>")
		id := a.at[strings.LastIndex(a.at, "/")+1:]
		if _, err := os.Stat(filepath.Join(d.account.Uploads, id, "list", kept)); err != nil {
			t.Errorf("%q is not kept as %q: %v", sent, kept, err)
		}
	}
	for _, id := range []string{"..", "../x", "%2e%2e%2f%2e%2e", "upload.json", strings.Repeat("A", 26)} {
		if a := d.get("/a/main/new/" + id); a.status != http.StatusNotFound && a.at != "/a/main/new" && a.at != "/a/main/" {
			t.Errorf("%s answers %d at %s", id, a.status, a.at)
		}
	}
}

func TestWhatIsNoListIsRefusedWithASentenceAndNotKept(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.MaxUpload = 64 << 10 }).as("gina")
	d.wants(d.upload("report.pdf", []byte("%PDF-1.7 and so on")), http.StatusUnprocessableEntity, "it is a PDF document")
	for _, name := range []string{"guests.csv.crdownload", "guests.csv.partial", "guests.csv~", "~$guests.xlsx"} {
		d.wants(d.upload(name, guestList(1)), http.StatusUnprocessableEntity, "The file is a temporary one", name)
	}
	d.wants(d.upload("empty.csv", nil), http.StatusUnprocessableEntity, "it is empty")
	d.wants(d.upload("large.csv", guestList(4000)), http.StatusRequestEntityTooLarge, "64 KiB")
	d.wants(d.upload("", guestList(1)), http.StatusBadRequest, "No file came")
	d.wants(d.post("/a/main/new", url.Values{"file": {"x"}}), http.StatusBadRequest, "No file came")
	d.wants(d.sent("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nFirst Name\r\nAn"),
		http.StatusRequestTimeout, "did not come whole")
	if left, _ := os.ReadDir(d.account.Uploads); len(left) != 0 {
		t.Errorf("%d refused files stay", len(left))
	}
	d.wants(d.upload("plain.csv", []byte("a,b\n1,2\n")), http.StatusOK, "The file cannot be imported as it is", "no usable header", `<option value="in:a"`)
}

func TestAZipBombIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	for name, bomb := range map[string][]byte{
		"bomb.xlsx": zipped(33<<20, "xl/workbook.xml"), // as it takes the library in memory
		"bomb.zip":  zipped(4<<20, "list.csv"),
	} {
		a := d.upload(name, bomb)
		d.wants(a, http.StatusOK, "The file cannot be imported as it is")
		if strings.Contains(a.body, `id="start"`) {
			t.Errorf("%s can be started", name)
		}
	}
}

// zipped packs files that begin like a list and go on with a single cell.
func zipped(size int, names ...string) []byte {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range names {
		w, _ := z.Create(name)
		_, _ = w.Write(append([]byte("First Name,Email\nAnn,"), bytes.Repeat([]byte("a"), size)...))
	}
	_ = z.Close()
	return packed.Bytes()
}

func TestWhoUploadsAndWhoRemovesIsWrittenDown(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	preview := d.upload("list.csv", guestList(5))
	d.as("otto")
	d.wants(d.post(preview.at+"/discard", nil), http.StatusOK, "was removed")
	trail, err := d.account.AuditLog(t.Context(), idOf(preview), 10)
	if err != nil || len(trail) != 2 {
		t.Fatalf("the trail has %+v, %v", trail, err)
	}
	if removed := trail[0]; removed.Actor != "otto" || removed.Action != "discard" || removed.Before != "list.csv, uploaded by gina" || removed.After != "removed" {
		t.Errorf("the removal is %+v", removed)
	}
	if came := trail[1]; came.Actor != "gina" || came.Action != "upload" || !strings.HasPrefix(came.After, "list.csv, ") {
		t.Errorf("the upload is %+v", came)
	}
	if d.upload("report.pdf", []byte("%PDF-1.7 and so on")); len(d.trail()) != 2 {
		t.Error("what was not kept is in the trail")
	}
}

func (d *testConsole) trail() []operate.AuditEntry {
	d.t.Helper()
	all, err := d.account.AuditLog(d.t.Context(), "", 100)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestUploadsThatNobodyImportsAreBounded(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.MaxUpload = 32 << 10 }).as("gina")
	list := guestList(600) // 25 to 32 KiB
	var last answer
	for range 4 {
		last = d.upload("list.csv", list)
		d.wants(last, http.StatusOK, "Start:")
	}
	d.wants(d.upload("list.csv", list), http.StatusConflict, "Too many files wait", "128 KiB")
	if kept, _ := os.ReadDir(d.account.Uploads); len(kept) != 4 {
		t.Errorf("%d files are kept", len(kept))
	}
	d.post(last.at+"/discard", nil)
	d.wants(d.upload("list.csv", list), http.StatusOK, "Start:")
}

// Twenty million texts take a workbook of 50 MB, gigabytes of memory and minutes. Nobody is kept waiting, and nothing is begun.
func TestAWorkbookOfTooManyTextsIsRefusedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("otto")
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	_, _ = z.Create("xl/workbook.xml")
	texts, _ := z.Create("xl/sharedStrings.xml")
	for range 700 {
		_, _ = io.WriteString(texts, strings.Repeat("<si/>", 10_000))
	}
	_ = z.Close()
	a := d.upload("bomb.xlsx", bomb.Bytes())
	d.wants(a, http.StatusOK, "The file cannot be imported as it is", "more than 1 million texts", "save its list as CSV")
	d.wants(d.post(a.at, url.Values{"dates": {"nonsense"}}), http.StatusOK, "The file cannot be imported as it is")
}

func TestFilesThatNobodyWantsAreRemoved(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.KeepFiles = 30 * 24 * time.Hour }).as("gina")
	idle, fresh := d.upload("idle.csv", guestList(1)), d.upload("fresh.csv", guestList(2))
	kept, open := d.upload("kept.csv", guestList(3)), d.upload("open.csv", guestList(4))
	stop := d.run()
	over := d.enqueued(idOf(d.start(kept)))
	d.enqueued(idOf(d.start(open)))
	stop()
	if _, err := d.account.Ledger.Cancel(t.Context(), over.ID); err != nil {
		t.Fatal(err)
	}
	d.age(idle, 25*time.Hour)
	d.age(fresh, 23*time.Hour)
	d.age(kept, 25*time.Hour)
	tidy := func() {
		t.Helper()
		if err := console.RemoveExpired(t.Context(), d.account, time.Now()); err != nil {
			t.Error(err)
		}
	}
	tidy()
	for _, f := range []struct {
		at     answer
		status int
	}{{idle, 404}, {fresh, 200}, {kept, 200}, {open, 200}} {
		d.wants(d.get(f.at.at), f.status)
	}
	d.age(kept, 31*24*time.Hour)
	d.age(open, 31*24*time.Hour)
	tidy()
	d.wants(d.get(kept.at), http.StatusNotFound)
	d.wants(d.get(open.at), http.StatusOK) // its rows are open
	d.post(fresh.at+"/discard", nil)
	d.wants(d.get(fresh.at), http.StatusNotFound)
}

// age makes an upload look untouched for a while.
func (d *testConsole) age(preview answer, by time.Duration) {
	d.t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(d.account.Uploads, idOf(preview), "upload.json"), then, then); err != nil {
		d.t.Fatal(err)
	}
}

// idOf is the last part of a page's path.
