package console_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow/sandbox"
)

func TestAFileIsUploadedMappedAndImportedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.wants(d.get("/a/main/new"), http.StatusOK, `enctype="multipart/form-data"`, sandbox.Defaults().EventID, "256 MiB")

	preview := d.upload("gäste.csv", guestList(120))
	d.wants(preview, http.StatusOK, "gäste.csv", "semicolons", "Änne", "no email is sent", "Is it “Email”?", "Telefon",
		"sandbox")
	if strings.Contains(preview.body, `<td data-of="Comes from">E-Mial`) {
		t.Error("a suggestion was taken before it was accepted")
	}
	preview = d.post(preview.at, url.Values{"accept": {"email:E-Mial"}, "template": {sandbox.Defaults().TemplateID},
		"from.notes": {"text"}, "text.notes": {"=by browser"}})
	d.wants(preview, http.StatusOK, "aenne0@party.example", `<td data-of="Comes from">E-Mial`,
		`<option value="email" selected>`, "Start: 120 guests, 120 emails, sandbox", "by browser",
		"the same in every row", "120 new")

	begun := d.start(preview)
	d.wants(begun, http.StatusOK, "The import has begun.")
	id := begun.at[strings.LastIndex(begun.at, "/")+1:]
	imp := d.enqueued(id)
	if imp.Counts[ledger.Queued] != 120 || imp.Template != sandbox.Defaults().TemplateID ||
		imp.FileName() != "gäste.csv" {
		t.Errorf("imported was %+v as %s", imp, imp.FileName())
	}
	if _, err := reread.OpenSource(t.Context(), imp.Source, imp.SHA256, imp.Reading); err != nil {
		t.Errorf("the report has no file: %v", err)
	}
	trail, err := d.account.AuditLog(t.Context(), id, 10)
	if err != nil || len(trail) != 1 || trail[0].Actor != "gina" || !strings.Contains(trail[0].After, "120 emails") {
		t.Errorf("the trail has %+v, %v", trail, err)
	}
	d.wants(d.get(preview.at), http.StatusOK, "is being imported")
	if again := d.start(preview); again.at != begun.at || len(d.imports()) != 1 {
		t.Errorf("pressed twice, it leads to %s and %d imports", again.at, len(d.imports()))
	}
}

func TestScriptAndFormulasOfAFileAreShownAsText(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	const script = `<script>alert(1)</script>`
	preview := d.upload(`<img src=x onerror=alert(2)>.csv`,
		[]byte("First "+
			"Name,Email,"+script+`,"=cmd|' /C calc'!A0"`+"\n"+script+",a@party.example,x,\"=1+1\"\nBo,<b>bad</b>,y,z\n"))
	preview = d.post(preview.at, url.Values{"from.notes": {`in:=cmd|' /C calc'!A0`}, "from.tags": {"text"},
		"text.tags": {`="><script>`}, "event": {`"><script>`}})
	d.wants(preview, http.StatusOK, "&lt;script&gt;alert(1)", "=1&#43;1", "&lt;b&gt;bad")
	for _, raw := range []string{"<script>alert", "<img src=x", "<b>bad", `"><script>`} {
		if strings.Contains(preview.body, raw) {
			t.Errorf("%s stands in the page as it is", raw)
		}
	}
}

func TestAFileIsImportedAgainOnlyOnPurpose(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	first := d.upload("list.csv", namedList(5))
	d.enqueued(idOf(d.start(first)))

	second := d.upload("list copy.csv", namedList(5))
	d.wants(second, http.StatusOK, "This file was imported already", d.imports()[0].ID, "Import this file again")
	d.wants(d.start(second), http.StatusConflict, "imported already")
	if n := len(d.imports()); n != 1 {
		t.Fatalf("there are %d imports", n)
	}
	// The first one is not over, for there are no workers: it is gone on with, and no second one waits for it.
	if again := d.start(second, "again"); idOf(again) != d.imports()[0].ID || len(d.imports()) != 1 {
		t.Errorf("again leads to %s with %d imports", again.at, len(d.imports()))
	}
	if _, err := d.account.Ledger.Cancel(t.Context(), d.imports()[0].ID); err != nil {
		t.Fatal(err)
	}
	third := d.upload("list.csv", namedList(5))
	d.enqueued(idOf(d.start(third, "again")))
	if n := len(d.imports()); n != 2 {
		t.Errorf("on purpose there are %d imports", n)
	}
}

func TestSeveralStartsAtOnceMakeOneImport(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	stop := d.run()
	first := d.enqueued(idOf(d.start(d.upload("list.csv", namedList(5)))))
	stop() // the file stays where it is until all have answered
	if _, err := d.account.Ledger.Cancel(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	led := make(chan answer, 6)
	settings := d.account.Settings
	var starting atomic.Bool
	var asked atomic.Int32 // a start asks more than once, and waits for the others the first time
	var together sync.WaitGroup
	together.Add(cap(led))
	d.account.Settings = func(w spec.Spec) (importer.Settings, error) {
		if starting.Load() && int(asked.Add(1)) <= cap(led) { // each has found that nothing was begun
			together.Done()
			together.Wait()
		}
		return settings(w)
	}
	preview := d.upload("list.csv", namedList(5))
	// so that all are ready before any begins
	if err := d.box.Inject(sandbox.Fault{Kind: sandbox.Slow, DelayMS: 200}); err != nil {
		t.Fatal(err)
	}
	starting.Store(true)
	for range cap(led) {
		go func() {
			var a answer
			defer func() { led <- a }() // also if it has no answer
			a = d.start(preview, "again")
		}()
	}
	to := map[string]bool{}
	for range cap(led) {
		a := <-led
		d.wants(a, http.StatusOK)
		to[a.at] = true
	}
	if n := len(d.imports()); n != 2 || len(to) != 1 {
		t.Fatalf("there are %d imports, and the starts lead to %v", n, to)
	}
	d.run()
	d.enqueued(d.imports()[0].ID)
}

// The form of another tab arrives slowly: what it wishes is read before a start and written after it.
func TestAWishDoesNotOverwriteAStart(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	preview := d.upload("list.csv", namedList(5))
	body, form := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+preview.at, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	wished := make(chan answer)
	go func() { wished <- d.do(req) }()
	_, _ = io.WriteString(form, "event=") // returns once it is on its way
	begun := d.start(preview)
	d.wants(begun, http.StatusOK, "The import has begun.")
	_ = form.Close()
	d.wants(<-wished, http.StatusOK, "is being imported")
	d.wants(d.get(preview.at), http.StatusOK, idOf(begun))
}

// What is wished changes while the file is read to be started.
func TestAStartDoesNotImportWhatIsNoLongerWished(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	settings, reading, wished := d.account.Settings, make(chan bool), make(chan bool)
	var starts atomic.Bool
	d.account.Settings = func(w spec.Spec) (importer.Settings, error) {
		if starts.CompareAndSwap(true, false) {
			close(reading)
			<-wished
		}
		return settings(w)
	}
	preview := d.upload("list.csv", namedList(5))
	starts.Store(true)
	begun := make(chan answer)
	go func() { begun <- d.start(preview) }()
	<-reading
	d.wants(d.post(preview.at, url.Values{"from.email": {"in:E-Mail"}}), http.StatusOK, `<td data-of="Comes from">E-Mail`)
	close(wished)
	d.wants(<-begun, http.StatusConflict, "The preview has changed")
	if len(d.imports()) != 0 {
		t.Error("it was started with outdated settings")
	}
}

func TestWhatIsStartedIsWhatWasSeen(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	preview := d.upload("list.csv", namedList(5))
	// in another tab
	d.post(preview.at, url.Values{"from.email": {"in:E-Mail"}, "template": {sandbox.Defaults().TemplateID}})
	d.wants(d.start(preview), http.StatusConflict, "The preview has changed")
	preview = d.post(preview.at, url.Values{"from.email": {"in:E-Mail"},
		"template": {"70000000-0000-4000-8000-00000000dead"}})
	d.wants(preview, http.StatusOK, "has no template")
	if strings.Contains(preview.body, `id="start"`) || len(d.imports()) != 0 {
		t.Error("an import with a template that is not there can be started")
	}
}

func TestALiveImportWantsAYes(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, func(a *console.Account) { a.Live = true }).as("gina")
	preview := d.upload("list.csv", namedList(2))
	d.wants(preview, http.StatusOK, "This reaches real people", "Start: 2 guests, 0 emails, live")
	d.wants(d.start(preview), http.StatusConflict, "This reaches real people")
	if len(d.imports()) != 0 {
		t.Fatal("it was begun without a yes")
	}
	if begun := d.start(preview, "sure"); len(d.imports()) != 1 {
		t.Errorf("it was not begun: %s", begun.body)
	}
}

// The console is killed after an import was begun and before it was enqueued: nothing is in memory, all is in the
// files.
func TestAnImportThatTheConsoleBeganIsEnqueuedByAnyProcess(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	id := idOf(d.start(d.upload("list.csv", namedList(300)))) // no background work runs
	if imp := d.imports()[0]; imp.Counts[ledger.New] != 300 {
		t.Fatalf("before there is a console, %+v", imp.Counts)
	}
	stop := d.run()
	other := spool.NewConsumer(d.account.Consume, d.logger(), d.account.Spool) // of another process
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { other.Run(ctx) })
	imp := d.enqueued(id)
	stop()
	cancel()
	running.Wait()
	if imp.Counts[ledger.Queued] != 300 {
		t.Errorf("after the restart, %+v", imp.Counts)
	}
	if waiting, err := d.account.Queues.Tasks(t.Context()); err != nil || waiting != (300+199)/200 {
		t.Errorf("%d chunks wait, %v", waiting, err)
	}
	if _, err := os.Stat(imp.Source); err != nil {
		t.Errorf("the report has no file: %v", err)
	}
}

func TestADroppedFileThatLeavesADoubtIsAnsweredAndStartedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	dir := filepath.Join(t.TempDir(), "inbox")
	to := map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: sandbox.Defaults().EventID}}}
	box, err := inbox.New(dir, 0, to, d.account.Consume, d.logger())
	if err != nil {
		t.Fatal(err)
	}
	watched, err := spool.Open(dir, importer.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	d.account.Watched = spool.Spools{watched}
	if err := os.WriteFile(filepath.Join(dir, "dropped.csv"),
		[]byte("Ann,Lee,ann@party.example\nBob,Lee,bob@party.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	box.Look(t.Context())
	box.Look(t.Context())
	d.wants(d.get("/a/main/new"), http.StatusOK, "dropped.csv", "looks like a guest")
	held := watched.Waiting(t.Context())
	if len(held) != 1 {
		t.Fatalf("%+v wait\n%s", held, d.log)
	}
	preview := d.get("/a/main/new/" + held[0].ID)
	d.wants(preview, http.StatusOK, "cannot be imported as it is", "looks like a guest")
	preview = d.post(preview.at, url.Values{
		"event": {sandbox.Defaults().EventID}, "header_row": {"none"},
		"from.first_name": {"in:A"}, "from.last_name": {"in:B"}, "from.email": {"in:C"},
	})
	d.wants(preview, http.StatusOK, "Start: 2 guests, 0 emails")
	started := d.start(preview)
	box.Look(t.Context())
	if imp := d.enqueued(idOf(started)); imp.Counts[ledger.Queued] != 2 ||
		filepath.Dir(imp.Source) != filepath.Join(dir, "done") {
		t.Errorf("imported was %+v", imp)
	}
}
