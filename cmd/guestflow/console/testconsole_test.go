package console_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/bcrypt"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/tokencache"
	"guestflow/tokencache/secret"
	"guestflow/worker"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// testConsole is a console in front of a real Redis and a sandbox, without workers, and a user's browser.
type testConsole struct {
	t       *testing.T
	account *console.Account
	site    *console.Site
	guard   *access.Access
	users   string // file
	box     *sandbox.Sandbox
	url     string
	api     string // the sandbox's
	browser *http.Client
	log     *testkit.Log
	hasty   bool // takes a page as it comes first
}

const testPassword = "correct horse battery"

var testHash = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte(testPassword), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(hash)
})

// newTestConsole has some users: vera may look, otto steer, gina steer and see guests' data, as greta may.
func newTestConsole(t *testing.T, change func(*console.Account)) *testConsole {
	t.Helper()
	box := sandbox.New(sandbox.Options{})
	api, err := box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	d := &testConsole{t: t, box: box, api: api, log: &testkit.Log{}}
	d.account = d.open(redistest.Client(t), api)
	if change != nil {
		change(d.account)
	}
	d.users = filepath.Join(t.TempDir(), "users")
	lines := fmt.Sprintf("vera:%[1]s:viewer\notto:%[1]s:operator\ngina:%[1]s:operator guests\ngreta:%[1]s:viewer "+
		"guests\n", testHash())
	if err := os.WriteFile(d.users, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	d.guard, err = access.New(access.Options{Listen: "0.0.0.0:8088", Passwords: d.users, Log: d.logger(),
		Public: []string{"/healthz"}, Probes: []string{"/healthz"}})
	if err != nil {
		t.Fatal(err)
	}
	d.site = console.New([]*console.Account{d.account}, d.guard, d.logger())
	server := httptest.NewUnstartedServer(nil)
	server.Config = access.NewServer(d.guard.Wrap(d.site.Handler()), d.logger())
	server.Start()
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// comparing has a console compare lists with what earlier imports have done.
func comparing(a *console.Account) {
	settings := a.Settings
	a.Settings = func(w spec.Spec) (importer.Settings, error) {
		to, err := settings(w)
		return to.Beside(a.Ledger), err
	}
}

func (d *testConsole) logger() *slog.Logger { return slog.New(slog.NewTextHandler(d.log, nil)) }

func (d *testConsole) open(client *redis.Client, api string) *console.Account {
	d.t.Helper()
	log := d.logger()
	books, err := ledger.For(client, "main")
	if err != nil {
		d.t.Fatal(err)
	}
	c := sandbox.Defaults()
	endpoint := tokencache.Qflow()
	endpoint.TokenURL = api + "/core/connect/token"
	tokens, err := tokencache.New(client, tokencache.Config{Account: "main", Endpoint: endpoint,
		StateDir: d.t.TempDir(), Logger: log,
		Credentials: tokencache.Credentials{ClientID: c.ClientID, ClientSecret: secret.Text(c.ClientSecret),
			Username: c.Email, Password: secret.Text(c.Password)}})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = tokens.Close() })
	caller, err := qflow.New(qflow.Config{URL: api, SubscriptionKey: secret.Text(c.SubscriptionKey)},
		worker.Tokens{Cache: tokens})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(caller.Close)
	account := &console.Account{
		Watcher: operate.NewWatcher(&operate.Account{
			Redis: client, Ledger: books, Importer: importer.New(client, books, log),
			Gates: gate.New(client, books.Prefix(), nil),
			Budget: budget.New(client, budget.Config{Egress: "main", Account: "main", Limits: budget.DefaultLimits,
				Log: log}),
			Queues: queue.New(client, "main"), Tokens: tokens, Qflow: caller, Log: log,
		}),
		Approved: func() {},
	}
	account.Spool, err = spool.Open(filepath.Join(d.t.TempDir(), "spool"), importer.Settings{})
	if err != nil {
		d.t.Fatal(err)
	}
	account.Settings = func(w spec.Spec) (importer.Settings, error) {
		w.Account = "main"
		s := importer.Settings{Spec: w, Compare: guestindex.For(books).Compare}
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

// as logs a user in.
func (d *testConsole) as(name string) *testConsole {
	d.t.Helper()
	jar, _ := cookiejar.New(nil)
	d.browser = &http.Client{Jar: jar}
	resp, err := d.browser.PostForm(d.url+"/login", url.Values{"name": {name}, "password": {testPassword}})
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	return d
}

// do asks for a page, and for that which follows it where something is still being read for it.
func (d *testConsole) do(req *http.Request) answer {
	d.t.Helper()
	a := d.once(req)
	if d.hasty || !strings.Contains(a.body, "data-reading") {
		return a
	}
	d.follow(a.at, "data-over")
	return d.get(a.at)
}

// stream opens the stream of a page, which is to be closed.
func (d *testConsole) stream(path string) io.ReadCloser {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := d.browser.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.Body
}

// follow reads the stream of a page until it says all this.
func (d *testConsole) follow(path string, says ...string) {
	d.t.Helper()
	body := d.stream(path)
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for len(says) > 0 {
		if !lines.Scan() {
			d.t.Fatalf("the stream of %s ends before it says %q: %v", path, says, lines.Err())
		}
		says = slices.DeleteFunc(says, func(text string) bool { return strings.Contains(lines.Text(), text) })
	}
}

func (d *testConsole) once(req *http.Request) answer {
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

func (d *testConsole) get(path string) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.do(req)
}

func (d *testConsole) post(path string, form url.Values) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.do(req)
}

// upload sends a file and follows to its preview. The name goes out exactly as it is.
func (d *testConsole) upload(name string, content []byte) answer {
	d.t.Helper()
	return d.uploadOf("", name, content)
}

// uploadOf uploads the corrected rows of an import.
func (d *testConsole) uploadOf(id, name string, content []byte) answer {
	d.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("profile", "")
	_ = form.WriteField("of", id)
	part, err := form.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="file"; filename="` +
		name + `"`}})
	if err != nil {
		d.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	return d.sent(form.FormDataContentType(), body.String())
}

// sent posts a body as it is.
func (d *testConsole) sent(kind, body string) answer {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url+"/a/main/new", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	return d.do(req)
}

func (d *testConsole) wants(a answer, status int, says ...string) {
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

// start presses the button of a preview, again for as long as a busy machine still reads the file.
func (d *testConsole) start(preview answer, more ...string) answer {
	d.t.Helper()
	found := seenField.FindStringSubmatch(preview.body)
	if found == nil {
		d.t.Fatalf("there is nothing to start: %s", preview.body)
	}
	form := url.Values{"seen": {found[1]}}
	for _, field := range more {
		form.Set(field, "yes")
	}
	for {
		begun := d.post(preview.at+"/start", form)
		if d.t.Context().Err() != nil || !strings.Contains(begun.body, "Nothing was begun: the file is still being read") {
			return begun
		}
	}
}

// begun starts the import of a preview, and returns its id.
func (d *testConsole) begun(preview answer) (id string) {
	d.t.Helper()
	page := d.start(preview)
	if !strings.Contains(page.at, "/imports/") {
		d.t.Fatalf("no import was begun: %s: %d %s", page.at, page.status, page.body)
	}
	return idOf(page)
}

// run has what is approved imported, until stop is called.
func (d *testConsole) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	consumer := spool.NewConsumer(d.account.Consume, d.logger(), d.account.Spool)
	d.account.Approved = consumer.Wake
	var running sync.WaitGroup
	running.Go(func() { consumer.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	d.t.Cleanup(stop)
	return stop
}

// waiting are the files that wait.
func (d *testConsole) waiting() []spool.Item { return d.account.Spool.Waiting(d.t.Context()) }

// enqueued waits until no row of an import is new any more.
func (d *testConsole) enqueued(id string) (imp ledger.Import) {
	d.t.Helper()
	testkit.Eventually(d.t, "import "+id+" is enqueued", func() bool {
		var err error
		imp, err = d.account.Ledger.Import(d.t.Context(), id)
		return err == nil && imp.Counts[ledger.New] == 0 && !imp.PartlyEnqueued() && !onItsWay(imp.Source)
	}, d.log)
	return imp
}

// onItsWay reports whether a file of a spool is not yet where it is archived. Its place is written down before it
// moves.
func onItsWay(path string) bool {
	_, err := os.Stat(path)
	return spool.Active(path) || errors.Is(err, fs.ErrNotExist) && filepath.Base(filepath.Dir(path)) == "done"
}

func (d *testConsole) imports() []ledger.Import {
	d.t.Helper()
	list, err := d.account.Ledger.Imports(d.t.Context(), 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// namedList is such a list whose columns are all known.
func namedList(n int) []byte {
	return bytes.Replace(guestList(n), []byte("E-Mial"), []byte("E-Mail"), 1)
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
func idOf(a answer) string { return a.at[strings.LastIndex(a.at, "/")+1:] }
