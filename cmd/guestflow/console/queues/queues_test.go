package queues_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/console/queues"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

// desk is a console with nothing but Asynqmon, behind a proxy that names the user: vera may look, gina may see
// guests' data, otto may operate.
type desk struct {
	t       *testing.T
	url     string
	redis   *redis.Client
	account *operate.Account
	asynq   *asynq.Inspector
}

func open(t *testing.T, writes bool) *desk {
	t.Helper()
	client, log := redistest.Client(t), slog.New(slog.DiscardHandler)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, redis: client, asynq: asynq.NewInspectorFromRedisClient(client), account: &operate.Account{
		Redis: client, Ledger: books, Importer: importer.New(client, books, log), Queues: queue.New(client, "main"),
		Log: log,
	}}
	guard, err := access.New(access.Options{Listen: "127.0.0.1:0", Hosts: []string{"127.0.0.1"}, Proxy: access.Proxy{
		Header: "X-User", From: []string{"127.0.0.1"}, GroupsHeader: "X-Groups",
		Groups: access.Groups{Viewers: []string{"*"}, Operators: []string{"operators"}, Guests: []string{"guests"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(queues.Path, queues.New(client, []*operate.Account{d.account}, writes, log))
	server := httptest.NewServer(guard.Wrap(mux))
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// asks sends a request as one of the three.
func (d *desk) asks(name, method, path, body string, headers ...string) (int, string, http.Header) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("X-User", name)
	req.Header.Set("X-Groups", map[string]string{"gina": "guests", "otto": "operators"}[name])
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(text), resp.Header
}

// sees gives what a GET shows, which must work.
func (d *desk) sees(name, path string) string {
	d.t.Helper()
	code, text, _ := d.asks(name, http.MethodGet, path, "")
	if code != http.StatusOK {
		d.t.Fatalf("%s gets %d for %s: %s", name, code, path, text)
	}
	return text
}

// lists enqueues a file of rows and gives the import. Every cell is what must not be seen.
func (d *desk) lists(rows int) ledger.Import {
	d.t.Helper()
	file := "First Name,Last Name,Email\n"
	for i := range rows {
		file += fmt.Sprintf("<script>secret()</script>,Secretlady%d,secret%d@guests.example\n", i, i)
	}
	path := filepath.Join(d.t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		d.t.Fatal(err)
	}
	plan, err := importer.MakePlan(d.t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "main",
		Event: "gala", Template: "invitation"}})
	if err != nil {
		d.t.Fatal(err)
	}
	imp, _, err := d.account.Importer.Begin(d.t.Context(), plan)
	if err == nil {
		err = d.account.Importer.Run(d.t.Context(), plan, imp)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return imp
}

// fails has a worker meet one task of the queue with an error that quotes a guest.
func (d *desk) fails(queue string) {
	d.t.Helper()
	met := make(chan error, 1)
	worker := asynq.NewServerFromRedisClient(d.redis, asynq.Config{Queues: map[string]int{queue: 1}, Concurrency: 1,
		LogLevel: asynq.FatalLevel})
	if err := worker.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		met <- d.asynq.PauseQueue(queue) // so that it meets no other
		return errors.New("Qflow says that Secretlady is not welcome")
	})); err != nil {
		d.t.Fatal(err)
	}
	err := <-met
	worker.Shutdown()
	if err != nil || d.asynq.UnpauseQueue(queue) != nil {
		d.t.Fatal(err)
	}
}

var short = chunk.Short.Queue("main")

func TestThePageRunsItselfAndNothingElse(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	code, page, header := d.asks("vera", http.MethodGet, "/asynqmon/", "")
	policy := header.Get("Content-Security-Policy")
	if code != http.StatusOK || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Fatalf("%d with the policy %s", code, policy)
	}
	nonce := regexp.MustCompile(`'nonce-(\w{20,})'`).FindStringSubmatch(policy)
	if nonce == nil {
		t.Fatalf("the policy is %s", policy)
	}
	for _, tag := range regexp.MustCompile(`<(script|style)[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(tag, `nonce="`+nonce[1]+`"`) {
			t.Errorf("%s does not run", tag)
		}
	}
	if !strings.Contains(page, `<meta property="csp-nonce" content="`+nonce[1]+`">`) ||
		!strings.Contains(page, `READ_ONLY="true"`) || strings.Contains(page, "googleapis") {
		t.Errorf("the page is %s", page)
	}
	if _, _, again := d.asks("vera", http.MethodGet, "/asynqmon/queues/"+short,
		""); strings.Contains(again.Get("Content-Security-Policy"), nonce[1]) {
		t.Error("the number is good for two answers")
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if m[1] == "/" {
			continue
		}
		code, text, header := d.asks("vera", http.MethodGet, m[1], "")
		if code != http.StatusOK || strings.HasPrefix(text, "<!doctype") || strings.HasSuffix(m[1], ".js") &&
			!strings.HasPrefix(header.Get("Content-Type"), "application/javascript") {
			t.Errorf("%s: %d, %s, %.40q", m[1], code, header.Get("Content-Type"), text)
		}
	}
}

func TestNothingIsSeenWithoutALogin(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	for _, path := range []string{"/asynqmon/", "/asynqmon/api/queues", "/asynqmon/static/js/main.5adda2da.chunk.js"} {
		if code, text, _ := d.asks("", http.MethodGet, path, ""); code != http.StatusUnauthorized ||
			strings.Contains(text, "queues") {
			t.Errorf("%s: %d %.80s", path, code, text)
		}
	}
}

func TestTasksNameTheirRowsAndNoGuest(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	imp := d.lists(1501)
	if _, err := asynq.NewClientFromRedisClient(d.redis).Enqueue(asynq.NewTask("other",
		[]byte("secret@guests.example")), asynq.Queue("other"), asynq.TaskID("t")); err != nil {
		t.Fatal(err)
	}
	lane := chunk.Lane(imp.Lane).Queue("main")
	d.fails(lane)

	var list struct {
		Tasks []struct{ ID, Payload string } `json:"tasks"`
	}
	if err := json.Unmarshal([]byte(d.sees("vera", "/asynqmon/api/queues/"+lane+"/pending_tasks?size=0")),
		&list); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, task := range list.Tasks {
		told[task.Payload] = true
	}
	chunks := (imp.Rows + imp.Chunk - 1) / imp.Chunk
	if imp.Chunk == 1 || len(told) != chunks-1 { // one has failed
		t.Fatalf("%d tasks of %d rows are told of %d", len(told), imp.Chunk, chunks)
	}
	for n, rows := range map[int]string{1: fmt.Sprintf("%d-%d", imp.Chunk+1, 2*imp.Chunk),
		chunks - 1: fmt.Sprintf("%d-1501", (chunks-1)*imp.Chunk+1)} {
		if want := fmt.Sprintf(`{"import":%q,"rows":%q,"chunk":%d,"generation":0,"lane":"1"}`, imp.ID, rows,
			n); !told[want] {
			t.Errorf("told %v, want %s", told, want)
		}
	}
	if text := d.sees("vera", "/asynqmon/api/queues/other/tasks/t"); !strings.Contains(text, "21 bytes, not shown") {
		t.Errorf("another's task is told as %s", text)
	}

	all := []string{"queues", "queue_stats", "servers", "scheduler_entries", "queues/" + lane, "queues/" + lane +
		"/groups", "queues/other/pending_tasks"}
	for _, state := range []string{"active", "pending", "scheduled", "retry", "archived", "completed"} {
		all = append(all, "queues/"+lane+"/"+state+"_tasks")
	}
	failed, err := d.asynq.ListRetryTasks(lane)
	if err != nil || len(failed) != 1 {
		t.Fatalf("%d tasks have failed, %v", len(failed), err)
	}
	retried := "queues/" + lane + "/tasks/" + url.PathEscape(failed[0].ID)
	for _, path := range append(all, retried) {
		for _, name := range []string{"vera", "otto"} {
			if text := d.sees(name, "/asynqmon/api/"+path); strings.Contains(strings.ToLower(text), "secret") {
				t.Errorf("%s sees of a guest at %s: %s", name, path, text)
			}
		}
	}
	for _, path := range []string{retried, "queues/" + lane + "/retry_tasks"} {
		if text := d.sees("vera", "/asynqmon/api/"+path); !strings.Contains(text,
			"shown only with the right to see guests' data") {
			t.Errorf("vera is not told of an error at %s: %s", path, text)
		}
		if text := d.sees("gina", "/asynqmon/api/"+path); !strings.Contains(text, "Secretlady is not welcome") {
			t.Errorf("gina does not see the error at %s: %s", path, text)
		}
	}
}

func TestAListIsNeverLongerThanThePageAsksFor(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	for n := range 120 {
		if err := d.account.Queues.Put(t.Context(), chunk.Ref{Account: "main", Import: "abcdefgh",
			Chunk: n}); err != nil {
			t.Fatal(err)
		}
	}
	for size, want := range map[string]int{"": 20, "30": 30, "0": 100, "-1": 100, "1000000": 100} {
		if text := d.sees("vera", "/asynqmon/api/queues/"+short+"/pending_tasks?size="+size); strings.Count(text,
			`"id"`) != want {
			t.Errorf("%q lists %d tasks, want %d", size, strings.Count(text, `"id"`), want)
		}
	}
}

func TestWhatRedisTellsOfItselfIsForOperators(t *testing.T) {
	t.Parallel()
	d := open(t, false)
	if text := d.sees("otto", "/asynqmon/api/redis_info"); !strings.Contains(text, "redis_version") {
		t.Errorf("otto sees %.200s", text)
	}
	for _, name := range []string{"vera", "gina"} {
		if code, text, _ := d.asks(name, http.MethodGet, "/asynqmon/api/redis_info",
			""); code != http.StatusForbidden || strings.Contains(text, "version") {
			t.Errorf("%s gets %d: %.200s", name, code, text)
		}
	}
}

// deed is one thing that Asynqmon can do.
type deed struct{ method, path, body string }

func TestTheQueuesAreOnlyShownUnlessAnOperatorMayWrite(t *testing.T) {
	t.Parallel()
	pause := "/asynqmon/api/queues/" + short + ":pause"
	for _, c := range []struct {
		writes bool
		who    string
		why    string
	}{{false, "otto", "asynqmon_writes"}, {true, "vera", "Only operators"}, {true, "gina", "Only operators"}} {
		d := open(t, c.writes)
		d.lists(5)
		if code, text, _ := d.asks(c.who, http.MethodPost, pause, ""); code != http.StatusForbidden ||
			!strings.Contains(text, c.why) {
			t.Errorf("%s, writes %t: %d %s", c.who, c.writes, code, text)
		}
		if page := d.sees(c.who, "/asynqmon/"); !strings.Contains(page, `READ_ONLY="true"`) {
			t.Errorf("%s is shown buttons", c.who)
		}
		if info, err := d.asynq.GetQueueInfo(short); err != nil || info.Paused {
			t.Errorf("%s, writes %t: %+v, %v", c.who, c.writes, info, err)
		}
	}
}

// A row whose task is gone is never processed.
func TestNothingIsDoneByWhichARowWouldBeLost(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.lists(5)
	if err := d.account.Queues.Park(t.Context(), qflow.GateTrust, chunk.Ref{Account: "main",
		Import: "abcdefgh"}); err != nil {
		t.Fatal(err)
	}
	tasks, err := d.asynq.ListPendingTasks(short)
	if err != nil {
		t.Fatal(err)
	}
	id, at := tasks[0].ID, "/asynqmon/api/queues/"+short
	before := d.keys()
	for _, c := range []deed{
		{"DELETE", at, ""},
		{"DELETE", at + "/pending_tasks/" + id, ""},
		{"DELETE", at + "/pending_tasks:delete_all", ""},
		{"DELETE", at + "/pending_tasks/" + id + ":run", ""},
		{"POST", at + "/pending_tasks:batch_delete", `{"task_ids":["` + id + `"]}`},
		{"POST", at + "/pending_tasks/" + id + ":archive", ""},
		{"POST", at + "/pending_tasks:archive_all", ""},
		{"POST", at + "/retry_tasks:batch_archive", `{"task_ids":["` + id + `"]}`},
		{"POST", at + "/active_tasks/" + id + ":cancel", ""},
		{"POST", at + "/active_tasks:cancel_all", ""},
		{"POST", "/asynqmon//api/queues/" + short + "/pending_tasks:archive_all", ""},
		{"POST", "/asynqmon/api/queues/" + url.PathEscape(short) + "/pending_tasks%3Aarchive_all", ""},
		{"PUT", at + ":pause", ""},
		{"POST", "/asynqmon/api/queues/other:pause", ""},
		{"POST", "/asynqmon/api/queues/" + queue.ParkedQueue("main", qflow.GateTrust) + ":pause", ""},
	} {
		code, text, _ := d.asks("otto", c.method, c.path, c.body)
		if code != http.StatusForbidden && code/100 != 3 || d.keys() != before {
			t.Errorf("%s %s: %d %s", c.method, c.path, code, text)
		}
		if strings.Contains(c.path, "archive") && code == http.StatusForbidden &&
			!strings.Contains(text, "Cancel the import instead") {
			t.Errorf("%s is not told what to do: %s", c.path, text)
		}
	}
}

// keys are how many tasks there are in which state.
func (d *desk) keys() string {
	d.t.Helper()
	depths, err := d.account.Queues.Stats(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprint(depths)
}

func TestAnOperatorPausesAndRunsAndItIsWrittenDown(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.lists(5)
	d.fails(short)
	workers := d.redis.Subscribe(t.Context(), d.account.Queues.Channel())
	defer workers.Close()
	if _, err := workers.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := "/asynqmon/api/queues/" + short
	tasks, err := d.asynq.ListPendingTasks(short)
	if err != nil || d.asynq.ArchiveTask(short, tasks[0].ID) != nil { // another tool was used
		t.Fatal(err)
	}
	depth := func() queue.Depth {
		depths, err := d.account.Queues.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return depths[short]
	}
	for _, c := range []struct {
		path string
		want queue.Depth
	}{
		{at + ":pause", queue.Depth{Pending: 3, Retry: 1, Archived: 1, Paused: true}},
		{at + "/retry_tasks:run_all", queue.Depth{Pending: 4, Archived: 1, Paused: true}},
		{at + "/archived_tasks/" + tasks[0].ID + ":run", queue.Depth{Pending: 5, Paused: true}},
		{at + ":resume", queue.Depth{Pending: 5}},
	} {
		if code, text, _ := d.asks("otto", http.MethodPost, c.path, ""); code >= 300 || depth() != c.want {
			t.Fatalf("%s: %d %s, %+v, want %+v", c.path, code, text, depth(), c.want)
		}
		if _, err := workers.ReceiveMessage(t.Context()); err != nil { // idle workers are called
			t.Fatal(err)
		}
	}
	if code, _, _ := d.asks("otto", http.MethodPost, at+":resume", ""); code != http.StatusInternalServerError {
		t.Errorf("resumed twice: %d", code)
	}
	acts, err := d.account.AuditLog(t.Context(), short, 10)
	if err != nil || len(acts) != 5 {
		t.Fatalf("%d acts, %v", len(acts), err)
	}
	for i, want := range []string{
		"resume the queue: 5 pending, ", "resume the queue: 5 pending, paused, 5 pending",
		"run the task " + tasks[0].ID + " now: 4 pending, 1 archived, paused, 5 pending, paused",
		"run all retry tasks now: 3 pending, 1 retry, 1 archived, paused, 4 pending, 1 archived, paused",
		"pause the queue: 3 pending, 1 retry, 1 archived, 3 pending, 1 retry, 1 archived, paused",
	} {
		got := acts[i].Action + ": " + acts[i].Before + ", " + acts[i].After
		if got != want || acts[i].Actor != "otto" || acts[i].Via != "asynqmon" || (acts[i].Failed != "") != (i == 0) {
			t.Errorf("act %d is %+v, want %s", i, acts[i], want)
		}
	}
	if page := d.sees("otto", "/asynqmon/"); !strings.Contains(page, `READ_ONLY="false"`) {
		t.Error("an operator has no buttons")
	}
}

func TestAnotherSitesPageCannotSteerQueues(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.lists(5)
	for _, foreign := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"}} {
		code, text, _ := d.asks("otto", http.MethodPost, "/asynqmon/api/queues/"+short+":pause", "", foreign...)
		if info, err := d.asynq.GetQueueInfo(short); code != http.StatusForbidden ||
			!strings.Contains(text, "another site") || err != nil || info.Paused {
			t.Errorf("%v: %d %s, %+v, %v", foreign, code, text, info, err)
		}
	}
}

func TestAQueueIsNotSteeredInSilence(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	d.lists(5)
	if err := d.redis.Set(t.Context(), d.account.Ledger.Prefix()+"audit", "not a stream", 0).Err(); err != nil {
		t.Fatal(err)
	}
	code, text, _ := d.asks("otto", http.MethodPost, "/asynqmon/api/queues/"+short+":pause", "")
	if code != http.StatusInternalServerError || !strings.Contains(text, "could not be audited") {
		t.Errorf("%d %s", code, text)
	}
}
