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
	"guestflow/importer/spool"
)

func TestAnUploadedNameLeadsNowhere(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	for sent, kept := range map[string]string{
		"../../../etc/passwd": "passwd", `..\\..\\boot.ini`: "boot.ini", "/abs/list.csv": "list.csv", "..": "list",
		".hidden.csv":    "hidden.csv",
		"a\u202egnp.csv": "agnp.csv", strings.Repeat("ö", 300) + ".csv": strings.Repeat("ö", 88) + ".csv",
		"upload.json": "upload.json",
	} {
		a := d.upload(sent, guestList(1))
		d.wants(a, http.StatusOK, "<h1>"+kept+"</h1>")
		item, err := d.account.Spool.Find(t.Context(), idOf(a))
		if err != nil || item.Name != kept || filepath.Base(filepath.Dir(item.Path)) != "waiting" {
			t.Errorf("%q is kept as %+v: %v", sent, item, err)
		}
	}
	for _, id := range []string{"..", "../x", "%2e%2e%2f%2e%2e", "upload.json", strings.Repeat("A", 26)} {
		if a := d.get("/a/main/new/" + id); a.status != http.StatusNotFound && a.at != "/a/main/new" &&
			a.at != "/a/main/" {
			t.Errorf("%s answers %d at %s", id, a.status, a.at)
		}
	}
}

func TestWhatIsNoListIsRefusedWithASentenceAndNotKept(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.MaxUpload = 64 << 10 }).as("gina")
	d.wants(d.upload("report.pdf", []byte("%PDF-1.7 and so on")), http.StatusUnprocessableEntity,
		"it is a PDF document")
	for _, name := range []string{"guests.csv.crdownload", "guests.csv.partial", "guests.csv~", "~$guests.xlsx"} {
		d.wants(d.upload(name, guestList(1)), http.StatusUnprocessableEntity, "The file is a temporary one", name)
	}
	d.wants(d.upload("empty.csv", nil), http.StatusUnprocessableEntity, "it is empty")
	d.wants(d.upload("large.csv", guestList(4000)), http.StatusRequestEntityTooLarge, "64 KiB")
	d.wants(d.upload("", guestList(1)), http.StatusBadRequest, "No file came")
	d.wants(d.post("/a/main/new", url.Values{"file": {"x"}}), http.StatusBadRequest, "No file came")
	d.wants(d.sent("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; "+
		"filename=\"a.csv\"\r\n\r\nFirst Name\r\nAn"),
		http.StatusRequestTimeout, "did not come whole")
	dir, _ := d.account.Spool.Incoming()
	if left, _ := os.ReadDir(dir); len(left)+len(d.waiting()) != 0 {
		t.Errorf("refused files stay: %v, %v", left, d.waiting())
	}
	d.wants(d.upload("plain.csv", []byte("a,b\n1,2\n")), http.StatusOK, "The file cannot be imported as it is",
		"no usable header", `name="column.0" value="a"`)
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
	if removed := trail[0]; removed.Actor != "otto" || removed.Action != "discard" ||
		removed.Before != "list.csv, uploaded by gina" || removed.After != "removed" {
		t.Errorf("the removal is %+v", removed)
	}
	if came := trail[1]; came.Actor != "gina" || came.Action != "upload" ||
		!strings.HasPrefix(came.After, "list.csv, ") {
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

func TestUploadsThatAreNotImportedAreBounded(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.MaxUpload = 32 << 10 }).as("gina")
	list := namedList(600) // 25 to 32 KiB
	var last answer
	for range 4 {
		last = d.upload("list.csv", list)
		d.wants(last, http.StatusOK, "Start:")
	}
	d.wants(d.upload("list.csv", list), http.StatusConflict, "Too many files wait", "128 KiB")
	if kept := d.waiting(); len(kept) != 4 {
		t.Errorf("%d files are kept", len(kept))
	}
	d.post(last.at+"/discard", nil)
	d.wants(d.upload("list.csv", list), http.StatusOK, "Start:")
}

// Twenty million texts take a workbook of 50 MB, gigabytes of memory and minutes. No request waits for it, and nothing
// is begun.
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
	d.wants(a, http.StatusOK, "The file cannot be imported as it is", "more than 1 million texts",
		"save its list as CSV")
	d.wants(d.post(a.at, url.Values{"dates": {"nonsense"}}), http.StatusOK, "The file cannot be imported as it is")
}

func TestUploadsThatAreNotStartedAreRemovedAfterADay(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	idle, fresh, begun := d.upload("idle.csv", namedList(1)), d.upload("fresh.csv", namedList(2)),
		d.upload("begun.csv", namedList(3))
	d.start(begun)
	d.age(idle, 25*time.Hour)
	d.age(fresh, 23*time.Hour)
	spool.NewConsumer(d.account.Consume, d.logger(), d.account.Spool).Tidy(t.Context())
	d.wants(d.get(idle.at), http.StatusNotFound)
	d.wants(d.get(fresh.at), http.StatusOK, "Start:")
	d.wants(d.get(begun.at), http.StatusOK, "is being imported")
	d.post(fresh.at+"/discard", nil)
	d.wants(d.get(fresh.at), http.StatusNotFound)
}

// age makes an upload look untouched for a while.
func (d *testConsole) age(preview answer, by time.Duration) {
	d.t.Helper()
	item, err := d.account.Spool.Find(d.t.Context(), idOf(preview))
	if err == nil {
		then := time.Now().Add(-by)
		err = os.Chtimes(filepath.Join(filepath.Dir(item.Path), "."+item.ID), then, then)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// idOf is the last part of a page's path.
