package console_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/bcrypt"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// desk is a console in front of a real Redis and a sandbox, without workers, and somebody's browser.
type desk struct {
	t       *testing.T
	account *console.Account
	site    *console.Site
	box     *sandbox.Sandbox
	url     string
	browser *http.Client
	log     *journal
}

const deskPassword = "correct horse battery"

var deskHash = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte(deskPassword), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(hash)
})

// newDesk has three users: vera may look, otto steer, gina steer and see guests' data.
func newDesk(t *testing.T, change func(*console.Account)) *desk {
	t.Helper()
	box := sandbox.New(sandbox.Options{})
	api, err := box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	d := &desk{t: t, box: box, log: &journal{}}
	d.account = d.open(redistest.Client(t), api)
	if change != nil {
		change(d.account)
	}
	users := filepath.Join(t.TempDir(), "users")
	lines := fmt.Sprintf("vera:%[1]s:viewer\notto:%[1]s:operator\ngina:%[1]s:operator guests\n", deskHash())
	if err := os.WriteFile(users, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	guard, err := access.New(access.Options{Listen: "0.0.0.0:8088", Passwords: users, Log: d.logger()})
	if err != nil {
		t.Fatal(err)
	}
	d.site = console.New([]*console.Account{d.account}, guard, d.logger())
	server := httptest.NewUnstartedServer(nil)
	server.Config = access.Server(guard.Wrap(d.site.Handler()), d.logger())
	server.Start()
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

func (d *desk) logger() *slog.Logger { return slog.New(slog.NewTextHandler(d.log, nil)) }

// journal is the log.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (d *desk) open(client *redis.Client, api string) *console.Account {
	d.t.Helper()
	log := d.logger()
	books, err := ledger.For(client, "main")
	if err != nil {
		d.t.Fatal(err)
	}
	c := sandbox.Defaults()
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = api + "/core/connect/token"
	tokens, err := tokencache.New(client, tokencache.Config{Account: "main", Endpoint: endpoint, StateDir: d.t.TempDir(), Logger: log,
		Credentials: tokencache.Credentials{ClientID: c.ClientID, ClientSecret: secret.Text(c.ClientSecret), Username: c.Email, Password: secret.Text(c.Password)}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = tokens.Close() })
	caller, err := qflow.New(qflow.Config{URL: api, SubscriptionKey: secret.Text(c.SubscriptionKey)}, worker.Tokens{Cache: tokens})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(caller.Close)
	account := &console.Account{
		Watch: operate.NewWatch(&operate.Account{
			Redis: client, Ledger: books, Importer: importer.New(client, books, log), Gates: gate.New(client, books.Prefix(), nil),
			Budget: budget.New(client, budget.Config{Egress: "main", Account: "main", Limits: budget.Default, Log: log}),
			Queues: chunk.NewQueues(client, "main"), Tokens: tokens, Qflow: caller, Log: log,
		}),
		Uploads: filepath.Join(d.t.TempDir(), "uploads"),
	}
	account.Settings = func(w console.Wish) (importer.Settings, error) {
		s := importer.Settings{Account: "main", Event: w.Event, Template: w.Template, Key: w.Key, Mapping: w.Mapping,
			SplitNames: w.SplitNames, DateLayout: w.Dates, Sheet: w.Sheet, Compare: books.Compare}
		if s.Event == "" {
			s.Event = c.EventID
		}
		return s, nil
	}
	return account
}

// answer is a page.
type answer struct {
	status int
	at     string // its path, after redirects
	body   string
}

// as logs somebody in.
func (d *desk) as(name string) *desk {
	d.t.Helper()
	jar, _ := cookiejar.New(nil)
	d.browser = &http.Client{Jar: jar}
	resp, err := d.browser.PostForm(d.url+"/login", url.Values{"name": {name}, "password": {deskPassword}})
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	return d
}

func (d *desk) do(req *http.Request) answer {
	d.t.Helper()
	resp, err := d.browser.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Request.URL.Path, string(body)}
}

func (d *desk) get(path string) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.do(req)
}

func (d *desk) post(path string, form url.Values) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.do(req)
}

// upload sends a file and follows to its preview. The name goes out exactly as it is.
func (d *desk) upload(name string, content []byte) answer {
	d.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("profile", "")
	part, err := form.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}})
	if err != nil {
		d.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	return d.sent(form.FormDataContentType(), body.String())
}

// sent posts a body as it is.
func (d *desk) sent(kind, body string) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url+"/a/main/new", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	return d.do(req)
}

func (d *desk) wants(a answer, status int, says ...string) {
	d.t.Helper()
	if a.status != status {
		d.t.Errorf("%s answers %d, not %d: %s", a.at, a.status, status, a.body)
	}
	for _, text := range says {
		if !strings.Contains(a.body, text) {
			d.t.Errorf("%s does not say %q: %s", a.at, text, a.body)
		}
	}
}

var seenField = regexp.MustCompile(`name="seen" value="([^"]+)"`)

// start presses the button of a preview.
func (d *desk) start(preview answer, more ...string) answer {
	d.t.Helper()
	found := seenField.FindStringSubmatch(preview.body)
	if found == nil {
		d.t.Fatalf("there is nothing to start: %s", preview.body)
	}
	form := url.Values{"seen": {found[1]}}
	for _, field := range more {
		form.Set(field, "yes")
	}
	return d.post(preview.at+"/start", form)
}

// run has the console do what it does by itself, until stop is called.
func (d *desk) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { d.site.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	d.t.Cleanup(stop)
	return stop
}

// enqueued waits until no row of an import is new any more.
func (d *desk) enqueued(id string) ledger.Import {
	d.t.Helper()
	for {
		imp, err := d.account.Ledger.Import(d.t.Context(), id)
		if err != nil {
			d.t.Fatal(err)
		}
		if imp.Counts[ledger.New] == 0 {
			return imp
		}
		select {
		case <-d.t.Context().Done():
			d.t.Fatalf("import %s is not enqueued: %s", id, d.log)
		case <-time.After(5 * time.Millisecond): // nothing tells of it
		}
	}
}

func (d *desk) imports() []ledger.Import {
	d.t.Helper()
	list, err := d.account.Ledger.Imports(d.t.Context(), 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func guestList(n int) []byte {
	var b bytes.Buffer
	b.WriteString("Vorname;Nachname;E-Mial;Telefon\n")
	for i := range n {
		fmt.Fprintf(&b, "Änne;Müller %d;aenne%d@party.example;0%d\n", i, i, i)
	}
	return b.Bytes()
}

// It is what the page is for: upload, look, take what is suggested, choose the email, start.
func TestAFileIsUploadedMappedAndImportedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	d.run()
	d.wants(d.get("/a/main/new"), http.StatusOK, `enctype="multipart/form-data"`, sandbox.Defaults().EventID, "256 MiB")

	preview := d.upload("gäste.csv", guestList(120))
	d.wants(preview, http.StatusOK, "gäste.csv", "semicolons", "Änne", "nobody is mailed", "Is it “E-Mial”?", "Telefon", "sandbox")
	if strings.Contains(preview.body, "aenne0@") {
		t.Error("a suggestion was taken before anybody said so")
	}
	preview = d.post(preview.at, url.Values{"accept": {"email:E-Mial"}, "template": {sandbox.Defaults().TemplateID}, "from.notes": {"text"}, "text.notes": {"=by browser"}})
	d.wants(preview, http.StatusOK, "aenne0@party.example", "Start: 120 guests, 120 emails, sandbox", "by browser", "the same in every row", "120 new")

	begun := d.start(preview)
	d.wants(begun, http.StatusOK, "The import has begun.")
	id := begun.at[strings.LastIndex(begun.at, "/")+1:]
	imp := d.enqueued(id)
	if imp.Counts[ledger.Queued] != 120 || imp.Template != sandbox.Defaults().TemplateID || imp.FileName() != "gäste.csv" {
		t.Errorf("imported was %+v as %s", imp, imp.FileName())
	}
	if _, err := importer.OpenSource(imp.Source, imp.SHA256, ""); err != nil {
		t.Errorf("the report has no file: %v", err)
	}
	trail, err := d.account.Trail(t.Context(), id, 10)
	if err != nil || len(trail) != 1 || trail[0].Who != "gina" || !strings.Contains(trail[0].After, "120 emails") {
		t.Errorf("the trail has %+v, %v", trail, err)
	}
	d.wants(d.get(preview.at), http.StatusOK, "is being imported")
	if again := d.start(preview); again.at != begun.at || len(d.imports()) != 1 {
		t.Errorf("pressed twice, it leads to %s and %d imports", again.at, len(d.imports()))
	}
}

func TestAnUploadedNameLeadsNowhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
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
	d := newDesk(t, func(a *console.Account) { a.MostUpload = 64 << 10 }).as("gina")
	d.wants(d.upload("report.pdf", []byte("%PDF-1.7 and so on")), http.StatusUnprocessableEntity, "it is a PDF document")
	d.wants(d.upload("empty.csv", nil), http.StatusUnprocessableEntity, "it is empty")
	d.wants(d.upload("large.csv", guestList(4000)), http.StatusRequestEntityTooLarge, "64 KiB")
	d.wants(d.upload("", guestList(1)), http.StatusBadRequest, "No file came")
	d.wants(d.post("/a/main/new", url.Values{"file": {"x"}}), http.StatusBadRequest, "No file came")
	d.wants(d.sent("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nFirst Name\r\nAn"),
		http.StatusRequestTimeout, "did not come whole")
	if left, _ := os.ReadDir(d.account.Uploads); len(left) != 0 {
		t.Errorf("%d refused files stay", len(left))
	}
	d.wants(d.upload("plain.csv", []byte("a,b\n1,2\n")), http.StatusOK, "It cannot be imported as it is", "no usable header", `<option value="in:a"`)
}

func TestAZipBombIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	for name, bomb := range map[string][]byte{
		"bomb.xlsx": zipped(33<<20, "xl/workbook.xml"), // as it takes the library in memory
		"bomb.zip":  zipped(4<<20, "list.csv"),
	} {
		a := d.upload(name, bomb)
		d.wants(a, http.StatusOK, "It cannot be imported as it is")
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

func TestAnOperatorWithoutTheRightSeesNoCell(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	list := append(guestList(3), "Bo;;no-address-of-bo;0\nJo;;not.an.address;1\n"...)
	preview := d.upload("list.csv", list)
	mapped := url.Values{"from.email": {"in:E-Mial"}}
	preview = d.post(preview.at, mapped)
	d.wants(preview, http.StatusOK, "aenne0@party.example", "no-address-of-bo")

	d.as("otto")
	a := d.get(preview.at)
	d.wants(a, http.StatusOK, "E-Mial", "Telefon", "Rejected", "Start: 3 guests")
	for _, cell := range []string{"Änne", "Müller", "party.example", "no-address-of-bo", "not.an.address"} {
		if strings.Contains(a.body, cell) {
			t.Errorf("otto sees %q", cell)
		}
	}
	if a := d.upload("headless.csv", []byte("Zoe,Quux,zoe@party.example\n")); strings.Contains(a.body, "Quux") {
		t.Error("otto sees a guest who stands where the header should")
	}

	d.as("vera")
	for _, path := range []string{"/a/main/new", preview.at} {
		d.wants(d.get(path), http.StatusForbidden, "Only operators")
	}
	d.wants(d.upload("list.csv", list), http.StatusForbidden, "Only operators")
	for _, deed := range []string{"", "/start", "/discard"} {
		d.wants(d.post(preview.at+deed, mapped), http.StatusForbidden, "Only operators")
	}
	if len(d.imports()) != 0 {
		t.Error("somebody who may only look has begun an import")
	}
}

// A constant for the name makes any line a header, also a guest.
func TestAGuestInTheFirstLineStaysHiddenWhateverIsChosen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("otto")
	hidden := func(what string, a answer) {
		t.Helper()
		for _, cell := range []string{"Zoe", "Quux", "zoe@party.example", "Mila"} {
			if strings.Contains(a.body, cell) {
				t.Errorf("%s shows %q: %s", what, cell, a.body)
			}
		}
	}
	preview := d.upload("headless.csv", []byte("Zoe,Quux,zoe@party.example\nMila,Wex,mila@party.example\n"))
	d.wants(preview, http.StatusOK, "may be a guest")
	hidden("the preview", preview)
	for what, form := range map[string]url.Values{
		"a constant": {"text.first_name": {"=X"}}, "a suggestion": {"text.first_name": {"=X"}, "accept": {"tags:1"}}, "a faulty wish": {"dates": {"nonsense"}},
	} {
		a := d.post(preview.at, form)
		d.wants(a, http.StatusOK)
		hidden(what, a)
	}
	d.as("gina")
	d.wants(d.post(preview.at, url.Values{"from.first_name": {"in:Zoe"}, "from.email": {"in:zoe@party.example"}, "from.tags": {""}, "key": {"Quux"}}), http.StatusOK, "Mila")
	d.as("otto")
	hidden("what gina chose", d.get(preview.at))
	a := d.post(preview.at, url.Values{"event": {""}})
	d.wants(a, http.StatusOK, "Start: 1 guest,")
	d.as("gina")
	d.wants(d.get(preview.at), http.StatusOK, `<option value="in:Zoe" selected>`, `<option value="Quux" selected>`)
}

func TestNamesInAnArchiveAreForThoseWhoMaySeeGuests(t *testing.T) {
	t.Parallel()
	one, two := zipped(10, "Anna Secretova.csv"), zipped(10, "Anna Secretova.csv", "Boris Secretov.csv")
	for name, sees := range map[string]bool{"otto": false, "gina": true} {
		d := newDesk(t, nil).as(name)
		for _, file := range [][]byte{one, two} {
			a := d.upload("lists.zip", file)
			d.wants(a, http.StatusOK, "zip")
			if strings.Contains(a.body, "Secretov") != sees {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		d.wants(d.upload("lists.zip", two), http.StatusOK, "this archive has 2 lists")
	}
}

func TestWhoUploadsAndWhoRemovesIsWrittenDown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	preview := d.upload("list.csv", guestList(5))
	d.as("otto")
	d.wants(d.post(preview.at+"/discard", nil), http.StatusOK, "was removed")
	trail, err := d.account.Trail(t.Context(), idOf(preview), 10)
	if err != nil || len(trail) != 2 {
		t.Fatalf("the trail has %+v, %v", trail, err)
	}
	if removed := trail[0]; removed.Who != "otto" || removed.What != "discard" || removed.Before != "list.csv, uploaded by gina" || removed.After != "removed" {
		t.Errorf("the removal is %+v", removed)
	}
	if came := trail[1]; came.Who != "gina" || came.What != "upload" || !strings.HasPrefix(came.After, "list.csv, ") {
		t.Errorf("the upload is %+v", came)
	}
	if d.upload("report.pdf", []byte("%PDF-1.7 and so on")); len(d.trail()) != 2 {
		t.Error("what was not kept is in the trail")
	}
}

func (d *desk) trail() []operate.Act {
	d.t.Helper()
	all, err := d.account.Trail(d.t.Context(), "", 100)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestUploadsThatNobodyImportsAreBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(a *console.Account) { a.MostUpload = 32 << 10 }).as("gina")
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
	d := newDesk(t, nil).as("otto")
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	_, _ = z.Create("xl/workbook.xml")
	texts, _ := z.Create("xl/sharedStrings.xml")
	for range 700 {
		_, _ = io.WriteString(texts, strings.Repeat("<si/>", 10_000))
	}
	_ = z.Close()
	a := d.upload("bomb.xlsx", bomb.Bytes())
	d.wants(a, http.StatusOK, "It cannot be imported as it is", "more than 3 million texts", "save its list as CSV")
	d.wants(d.post(a.at, url.Values{"dates": {"nonsense"}}), http.StatusOK, "It cannot be imported as it is")
}

// A file is not looked into beside those that are being read, and not at all for whoever has left.
func TestAFileIsLookedIntoInItsTurn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "list", "list.csv")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, guestList(1), 0o600)); err != nil {
		t.Fatal(err)
	}
	site := console.New(nil, nil, slog.New(slog.DiscardHandler))
	next := console.Crowd(site)
	left, leave := context.WithCancel(t.Context())
	answered := make(chan error)
	for _, look := range []func(context.Context, *console.Site, string) ([]string, error){console.Peek, console.Plan} {
		go func() { _, err := look(left, site, path); answered <- err }()
	}
	leave()
	for range 2 {
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("who has left is told %v", err)
		}
	}
	next()
	if header, err := console.Peek(t.Context(), site, path); err != nil || len(header) != 4 {
		t.Errorf("the header is %q, %v", header, err)
	}
	if header, err := console.Plan(t.Context(), site, path); err != nil || len(header) != 4 {
		t.Errorf("the plan's header is %q, %v", header, err)
	}
}

func TestScriptAndFormulasOfAFileAreShownAsText(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	const script = `<script>alert(1)</script>`
	preview := d.upload(`<img src=x onerror=alert(2)>.csv`, []byte("First Name,Email,"+script+`,"=cmd|' /C calc'!A0"`+"\n"+script+",a@party.example,x,\"=1+1\"\nBo,<b>bad</b>,y,z\n"))
	preview = d.post(preview.at, url.Values{"from.notes": {`in:=cmd|' /C calc'!A0`}, "from.tags": {"text"}, "text.tags": {`="><script>`}, "event": {`"><script>`}})
	d.wants(preview, http.StatusOK, "&lt;script&gt;alert(1)", "=1&#43;1", "&lt;b&gt;bad")
	for _, raw := range []string{"<script>alert", "<img src=x", "<b>bad", `"><script>`} {
		if strings.Contains(preview.body, raw) {
			t.Errorf("%s stands in the page as it is", raw)
		}
	}
}

func TestAFileIsImportedAgainOnlyOnPurpose(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	d.run()
	first := d.upload("list.csv", guestList(5))
	d.enqueued(idOf(d.start(first)))

	second := d.upload("list copy.csv", guestList(5))
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
	third := d.upload("list.csv", guestList(5))
	d.enqueued(idOf(d.start(third, "again")))
	if n := len(d.imports()); n != 2 {
		t.Errorf("on purpose there are %d imports", n)
	}
}

func TestSeveralStartsAtOnceMakeOneImport(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	d.run()
	first := d.enqueued(idOf(d.start(d.upload("list.csv", guestList(5)))))
	if _, err := d.account.Ledger.Cancel(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	led := make(chan answer, 6)
	settings := d.account.Settings
	var starting atomic.Bool
	var together sync.WaitGroup
	together.Add(cap(led))
	d.account.Settings = func(w console.Wish) (importer.Settings, error) {
		if starting.Load() { // each has found that nothing was begun
			together.Done()
			together.Wait()
		}
		return settings(w)
	}
	preview := d.upload("list.csv", guestList(5))
	if err := d.box.Inject(sandbox.Fault{Kind: sandbox.Slow, DelayMS: 200}); err != nil { // so that all are ready before any begins
		t.Fatal(err)
	}
	starting.Store(true)
	for range cap(led) {
		go func() { led <- d.start(preview, "again") }()
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
	d.enqueued(d.imports()[0].ID)
}

// The form of another tab arrives slowly: what it wishes is read before a start and written after it.
func TestAWishDoesNotOverwriteAStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	preview := d.upload("list.csv", guestList(5))
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
	d := newDesk(t, nil).as("gina")
	settings, reading, wished := d.account.Settings, make(chan bool), make(chan bool)
	var starts atomic.Bool
	d.account.Settings = func(w console.Wish) (importer.Settings, error) {
		if starts.CompareAndSwap(true, false) {
			close(reading)
			<-wished
		}
		return settings(w)
	}
	preview := d.upload("list.csv", guestList(5))
	starts.Store(true)
	begun := make(chan answer)
	go func() { begun <- d.start(preview) }()
	<-reading
	d.wants(d.post(preview.at, url.Values{"from.email": {"in:E-Mial"}}), http.StatusOK, "aenne0@")
	close(wished)
	d.wants(<-begun, http.StatusConflict, "The preview has changed")
	if len(d.imports()) != 0 {
		t.Error("it was begun as nobody wishes it any more")
	}
}

func TestWhatIsStartedIsWhatWasSeen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	preview := d.upload("list.csv", guestList(5))
	d.post(preview.at, url.Values{"from.email": {"in:E-Mial"}, "template": {sandbox.Defaults().TemplateID}}) // in another tab
	d.wants(d.start(preview), http.StatusConflict, "The preview has changed")
	preview = d.post(preview.at, url.Values{"from.email": {"in:E-Mial"}, "template": {"70000000-0000-4000-8000-00000000dead"}})
	d.wants(preview, http.StatusOK, "has no template")
	if strings.Contains(preview.body, `id="start"`) || len(d.imports()) != 0 {
		t.Error("an import with a template that is not there can be started")
	}
}

func TestALiveImportWantsAYes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(a *console.Account) { a.Live = true }).as("gina")
	preview := d.upload("list.csv", guestList(2))
	d.wants(preview, http.StatusOK, "This reaches real people", "Start: 2 guests, 0 emails, live")
	d.wants(d.start(preview), http.StatusConflict, "This reaches real people")
	if len(d.imports()) != 0 {
		t.Fatal("it was begun without a yes")
	}
	if begun := d.start(preview, "sure"); len(d.imports()) != 1 {
		t.Errorf("it was not begun: %s", begun.body)
	}
}

// The console is killed after an import was begun and before it was enqueued: nothing is in memory, all is in the files.
func TestAnImportWhoseConsoleWasKilledGoesOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil).as("gina")
	id := idOf(d.start(d.upload("list.csv", guestList(300)))) // nobody runs
	if imp := d.imports()[0]; imp.Counts[ledger.New] != 300 {
		t.Fatalf("before there is a console, %+v", imp.Counts)
	}
	d.site = console.New([]*console.Account{d.account}, nil, d.logger())
	stop := d.run()
	other := console.New([]*console.Account{d.account}, nil, d.logger()) // which shares the folder
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
	if waiting, err := d.account.Queues.Waiting(t.Context()); err != nil || waiting != (300+199)/200 {
		t.Errorf("%d chunks wait, %v", waiting, err)
	}
	if _, err := os.Stat(imp.Source); err != nil {
		t.Errorf("the report has no file: %v", err)
	}
}

func TestFilesThatNobodyWantsAreRemoved(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(a *console.Account) { a.KeepFiles = 30 * 24 * time.Hour }).as("gina")
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
		if err := console.Tidy(t.Context(), d.account, time.Now()); err != nil {
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
func (d *desk) age(preview answer, by time.Duration) {
	d.t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(d.account.Uploads, idOf(preview), "upload.json"), then, then); err != nil {
		d.t.Fatal(err)
	}
}

// idOf is the last part of a page's path.
func idOf(a answer) string { return a.at[strings.LastIndex(a.at, "/")+1:] }
