package importer_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
)

// bundle is an importer for an account of its own on a server that tests share.
type bundle struct {
	*importer.Importer
	ledger *ledger.Ledger
	redis  redis.UniversalClient
	s      importer.Settings
}

func bundled(t *testing.T, client redis.UniversalClient, account string) bundle {
	t.Helper()
	l, err := ledger.For(client, account)
	if err != nil {
		t.Fatal(err)
	}
	s := importer.Settings{Spec: spec.Spec{Account: account, Event: "gala", Template: "invitation"}, Keep: true}
	return bundle{importer.New(client, l, slog.New(slog.DiscardHandler)), l, client, s}
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mixed is a file with good rows, rejects of three kinds, and two duplicates: 10 guests in 14 rows.
const mixed = `First Name,Last Name,Email,Plus 1's
A,One,a@guests.example,
B,Two,b@guests.example,1
C,Three,nobody,
D,Four,d@guests.example,2
a, ONE ,A@guests.example,
E,"Five, or
so",e@guests.example,
F,Six,f@guests.example,many
G,Seven
H,Eight,h@guests.example,
I,Nine,i@guests.example,
J,Ten,j@guests.example,
K,Eleven,k@guests.example,
B,Two,b@guests.example,1
L,Twelve,l@guests.example,
`

// numbered is a file of good rows.
func numbered(rows int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range rows {
		fmt.Fprintf(&b, "Guest,Number %d,guest%d@guests.example\n", i, i)
	}
	return b.String()
}

// run does all that an import command does. perChunk is the size of a chunk, 0 for the planned one.
func (b bundle) run(ctx context.Context, path string, perChunk int) (importer.Plan, error) {
	plan, err := importer.MakePlan(ctx, path, b.s)
	if err != nil {
		return plan, err
	}
	imp, _, err := b.Begin(ctx, plan)
	if err != nil {
		return plan, err
	}
	if perChunk > 0 && perChunk != imp.Chunk {
		imp.Chunk = perChunk
		if err := b.redis.HSet(ctx, b.ledger.Prefix()+"import:"+imp.ID, "chunk", perChunk).Err(); err != nil {
			return plan, err
		}
	}
	return plan, b.Run(ctx, plan, imp)
}

func (b bundle) mustRun(t *testing.T, path string, perChunk int) importer.Plan {
	t.Helper()
	plan, err := b.run(t.Context(), path, perChunk)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// enqueued returns the rows of an import that stand in the queue, as a worker would find them.
func (b bundle) enqueued(t *testing.T, id string) []chunk.Row {
	t.Helper()
	imp, err := b.ledger.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := asynq.NewInspectorFromRedisClient(b.redis).ListPendingTasks(chunk.Lane(imp.Lane).Queue(b.s.Account),
		asynq.PageSize(10_000))
	if err != nil && !errors.Is(err, asynq.ErrQueueNotFound) { // no task was ever put into it
		t.Fatal(err)
	}
	var all []chunk.Row
	for _, task := range tasks {
		ref, err := chunk.ParsePayload(task.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if ref.Import != id {
			continue
		}
		data, err := b.ledger.Chunks.Get(t.Context(), id, ref.Chunk)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := chunk.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b chunk.Row) int { return a.Row - b.Row })
	return all
}

// wantComplete checks the promise: every good row is enqueued once, and the counters add up to the rows of the file.
func (b bundle) wantComplete(t *testing.T, plan importer.Plan) {
	t.Helper()
	imp, err := b.ledger.Import(t.Context(), plan.Import)
	if err != nil {
		t.Fatal(err)
	}
	if c := imp.Counts; c[ledger.Queued] != plan.Guests || c[ledger.Rejected] != plan.Rejected || c.Total() != plan.Rows {
		t.Errorf("the ledger counts %+v of %d guests, %d rejects and %d rows", c, plan.Guests, plan.Rejected, plan.Rows)
	}
	marks, err := b.ledger.RowBytes(t.Context(), plan.Import, 1, plan.Rows)
	if err != nil {
		t.Fatal(err)
	}
	var queued, found []int
	for i, m := range marks {
		if m.State() == ledger.Queued {
			queued = append(queued, i+1)
		}
	}
	for _, r := range b.enqueued(t, plan.Import) {
		found = append(found, r.Row)
	}
	if !slices.Equal(queued, found) || len(found) != plan.Guests {
		t.Errorf("rows %v are in the queue, rows %v are queued in the ledger, and %d were planned", found, queued,
			plan.Guests)
	}
}

func TestEachGoodRowIsEnqueuedOnceAndEachOtherHasItsReason(t *testing.T) {
	t.Parallel()
	b := bundled(t, redistest.Client(t), "main")
	path := write(t, mixed)
	for range 2 { // a repeated command changes nothing
		plan := b.mustRun(t, path, 4)
		if plan.Rows != 14 || plan.Guests != 9 || plan.Emails != 9 || plan.Calls != 9 {
			t.Fatalf("planned %+v", plan)
		}
		b.wantComplete(t, plan)
		rows := []int{3, 5, 7, 8, 13}
		reasons, err := b.ledger.Reasons(t.Context(), plan.Import, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []ledger.Reason{
			{Code: "bad_email", Line: 4, Column: "Email", Text: "not an email address such as name@example.com"},
			{Code: "duplicate_in_file", Line: 6, Text: "row 1 is the same guest"},
			{Code: "bad_plus_ones", Line: 9, Column: "Plus 1's", Text: "not a whole number from 0 to 1000"},
			{Code: "wrong_number_of_cells", Line: 10,
				Text: "the row has not as many cells as the header, which has 4; a cell with a delimiter or a line break needs quotes"},
			{Code: "duplicate_in_file", Line: 15, Text: "row 2 is the same guest"},
		} {
			if reasons[i] != want {
				t.Errorf("row %d: %+v, want %+v", rows[i], reasons[i], want)
			}
			if f := plan.Findings[i]; f.Row != rows[i] || f.Line != want.Line || string(f.Code) != want.Code ||
				f.Text != want.Text || f.Column != want.Column {
				t.Errorf("the plan says %+v, the ledger %+v", f, want)
			}
		}
		for _, r := range b.enqueued(t, plan.Import) {
			if r.Guest.TemplateID != "invitation" || r.Guest.EventID != "gala" || r.Guest.ID == "" {
				t.Errorf("a worker finds %+v", r.Guest)
			}
		}
	}
}

var errRowsLost = errors.New("redis is gone")

// failing makes the nth command of a client fail: before it reaches the server, or after, so that only its answer is
// lost.
type failing struct {
	at, seen int64
	after    bool
	instead  func() // what happens at that command
}

func (f *failing) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (f *failing) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name == "hello" || name == "client" { // a new connection's greeting, not ours
			return next(ctx, cmd)
		}
		if atomic.AddInt64(&f.seen, 1) != f.at {
			return next(ctx, cmd)
		}
		if f.after {
			_ = next(ctx, cmd)
		}
		if f.instead != nil {
			f.instead()
			return next(ctx, cmd)
		}
		cmd.SetErr(errRowsLost)
		return errRowsLost
	}
}

func (f *failing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next // the importer only looks by a pipeline
}

// Chunks of one row make stretches of four, of which several are on their way at once.
func TestAnImportKilledAtAnyCommandIsCompletedByRunningItAgain(t *testing.T) {
	t.Parallel()
	step := int64(1)
	if testkit.WithoutRace(t) {
		step = 7 // some of them once more, with it
	}
	server := redistest.Start(t)
	path := write(t, mixed)
	clean := redistest.Connect(t, server)
	bundled(t, clean, "first").mustRun(t, path, 1) // loads the scripts
	counting := &failing{at: -1}
	counted := redis.NewClient(server.Redis())
	defer counted.Close()
	counted.AddHook(counting)
	bundled(t, counted, "counting").mustRun(t, path, 1)
	if counting.seen < 20 {
		t.Fatalf("an import of 14 chunks is %d commands; is the hook in place?", counting.seen)
	}
	for at := int64(1); at <= counting.seen; at += step {
		for _, after := range []bool{false, true} {
			account := fmt.Sprintf("at%d_%t", at, after)
			client := redis.NewClient(server.Redis())
			hook := &failing{at: at, after: after}
			client.AddHook(hook)
			_, err := bundled(t, client, account).run(t.Context(), path, 1)
			// side by side, they are not always as many
			if lost := err != nil && strings.Contains(err.Error(), errRowsLost.Error()); lost != (hook.seen >= at) {
				t.Errorf("%s: %v after %d commands, want that redis is gone", account, err, hook.seen)
			}
			_ = client.Close()
			again := bundled(t, clean, account)
			again.wantComplete(t, again.mustRun(t, path, 1))
		}
	}
}

func TestAnImportOutlivesACrashOfRedis(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{5, 9, 14, 21} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, "--appendfsync", "always")
			path := write(t, mixed)
			client := redis.NewClient(server.Redis())
			defer client.Close()
			client.AddHook(&failing{at: at, instead: server.Kill})
			if _, err := bundled(t, client, "main").run(t.Context(), path, 1); err == nil {
				t.Fatal("an import without redis succeeds")
			}
			again := restarted(t, server)
			b := bundled(t, redistest.Connect(t, again), "main")
			b.wantComplete(t, b.mustRun(t, path, 1))
		})
	}
}

func restarted(t *testing.T, s *redisserver.Server) *redisserver.Server {
	t.Helper()
	again, err := redistest.Restart(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
	return again
}

func TestAnImportThatIsStoppedGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	client := redis.NewClient(server.Redis())
	defer client.Close()
	client.AddHook(&failing{at: 130, instead: cancel})
	path := write(t, numbered(400))
	if _, err := bundled(t, client, "main").run(ctx, path, 4); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want cancelled", err)
	}
	b := bundled(t, redistest.Connect(t, server), "main")
	plan, err := importer.MakePlan(t.Context(), path, b.s)
	if err != nil {
		t.Fatal(err)
	}
	imp, created, err := b.Begin(t.Context(), plan)
	if err != nil || created || imp.Enqueued < 1 || imp.Enqueued >= 100 {
		t.Fatalf("created %v, %d chunks enqueued, %v; want some of 100", created, imp.Enqueued, err)
	}
	b.wantComplete(t, b.mustRun(t, path, 4))
}

func TestTwoImportersOfOneFileDoEachOtherNoHarm(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	path := write(t, mixed+strings.SplitN(numbered(300), "\n", 2)[1])
	var all sync.WaitGroup
	for range 3 {
		b := bundled(t, redistest.Connect(t, server), "main")
		all.Go(func() {
			if _, err := b.run(t.Context(), path, 7); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	b := bundled(t, redistest.Connect(t, server), "main")
	plan, err := importer.MakePlan(t.Context(), path, b.s)
	if err != nil {
		t.Fatal(err)
	}
	b.wantComplete(t, plan)
}

func TestAFileThatChangesIsNotTakenForTheOneThatWasPlanned(t *testing.T) {
	t.Parallel()
	const rows = 3000 // well over what is read ahead
	grow := func(path string) error {
		return os.WriteFile(path, []byte(numbered(rows+1000)), 0o600)
	}
	edit := func(path string) error {
		s := []byte(numbered(rows))
		copy(s[len(s)-20:], "x")
		return os.WriteFile(path, s, 0o600)
	}
	for name, c := range map[string]struct {
		change func(string) error
		keep   bool
	}{"it grows": {grow, false}, "it is edited": {edit, false}, "it grows, and its rows are kept": {grow, true},
		"it is edited, and its rows are kept": {edit, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := redistest.Client(t)
			b := bundled(t, client, "main")
			b.s.Keep = c.keep
			path := write(t, numbered(rows))
			plan, err := importer.MakePlan(t.Context(), path, b.s)
			if err != nil {
				t.Fatal(err)
			}
			imp, _, err := b.Begin(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			client.AddHook(&failing{at: 3, instead: func() {
				if err := c.change(path); err != nil {
					t.Error(err)
				}
			}})
			err = b.Run(t.Context(), plan, imp)
			if _, is := errors.AsType[*importer.FileError](err); !is ||
				!strings.Contains(err.Error(), "changed while it was being imported") {
				t.Fatalf("%v, want that it was changed", err)
			}
			if imp, err = b.ledger.Import(t.Context(), plan.Import); err != nil || imp.Counts.Total() != rows ||
				imp.Counts[ledger.New] < 0 {
				t.Fatalf("%+v, %v: the counters must still add up", imp.Counts, err)
			}
			if _, _, err := b.Begin(t.Context(), plan); err == nil ||
				!strings.Contains(err.Error(), "nothing of it was imported") {
				t.Fatalf("%v, want that it was changed since", err)
			}
		})
	}
}

func TestACorrectedRejectsFileJoinsWithoutTouchingTheGoodRows(t *testing.T) {
	t.Parallel()
	b := bundled(t, redistest.Client(t), "main")
	path := write(t, strings.Replace(mixed, "L,Twelve", "=L,Twelve", 1))
	plan := b.mustRun(t, path, 4)
	result, rejects := b.report(t, path, plan)
	if got := strings.Join(result[0],
		","); got != "First Name,Last Name,Email,Plus 1's,guestflow_row,guestflow_line,guestflow_state,guestflow_reason" {
		t.Errorf("the result begins with %s", got)
	}
	if len(result) != 15 || result[6][1] != "Five, or\nso" || result[6][5] != "7" || result[9][5] != "11" ||
		result[14][0] != "'=L" {
		t.Errorf("result %q", result)
	}
	if len(rejects) != 6 || rejects[1][0] != "4" || !strings.HasPrefix(rejects[1][1], "bad_email (Email): ") {
		t.Fatalf("rejects %q", rejects)
	}
	// The operator corrects two rows, and leaves one that was cut short and the two duplicates as they are.
	rejects[1][4], rejects[3][5] = "c@guests.example", "2"
	corrected := b.mustRun(t, write(t, encode(t, rejects)), 4)
	if corrected.Rows != 5 || corrected.Rejected != 1 || corrected.Codes[guest.BadShape] != 1 ||
		len(corrected.Columns.Unused) != 2 {
		t.Fatalf("planned %+v", corrected)
	}
	imp, err := b.ledger.Import(t.Context(), corrected.Import)
	if err != nil {
		t.Fatal(err)
	}
	// The duplicates are guests that the first import has in its hands; they wait for what becomes of them there.
	if imp.Counts[ledger.Queued] != 4 {
		t.Errorf("of the corrected file %+v; want 4 queued", imp.Counts)
	}
	b.wantComplete(t, plan)
	// The whole file corrected: every guest is in the hands of an import that is not done with it.
	whole := b.mustRun(t, write(t,
		strings.NewReplacer("nobody", "c@guests.example", "many", "2", "L,Twelve", "=L,Twelve").Replace(mixed)), 4)
	if imp, err = b.ledger.Import(t.Context(), whole.Import); err != nil || imp.Counts[ledger.Queued] != 11 ||
		imp.Counts[ledger.Rejected] != 3 {
		t.Errorf("of the whole file %+v, %v; want 11 that wait, 2 duplicates and a row cut short", imp.Counts, err)
	}
	b.wantComplete(t, plan)
}

func (b bundle) report(t *testing.T, path string, plan importer.Plan) (result, rejects [][]string) {
	t.Helper()
	source, err := reread.OpenSource(t.Context(), path, plan.SHA256, spec.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var all, bad bytes.Buffer
	if _, err := report.Write(t.Context(), b.ledger, plan.Import, source.Header, source.Rows, csv.NewWriter(&all),
		csv.NewWriter(&bad)); err != nil {
		t.Fatal(err)
	}
	return decode(t, &all), decode(t, &bad)
}

func decode(t *testing.T, b *bytes.Buffer) [][]string {
	t.Helper()
	r := csv.NewReader(b)
	r.FieldsPerRecord = -1 // a ragged row stays ragged in the rejects
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func encode(t *testing.T, records [][]string) string {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestASourceThatIsAnotherFileIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := reread.OpenSource(t.Context(), write(t, mixed), strings.Repeat("0", 64),
		spec.Reading{}); err == nil ||
		!strings.Contains(err.Error(), "not the file that was imported") {
		t.Fatalf("%v, want that it is another file", err)
	}
}

// heard tells when a line is logged.
type heard struct {
	slog.Handler
	lines chan string
}

func (h heard) Enabled(context.Context, slog.Level) bool { return true }

func (h heard) Handle(_ context.Context, r slog.Record) error {
	h.lines <- r.Message
	return nil
}

func TestTheImporterWaitsWhileTooMuchIsEnqueued(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	log := heard{slog.DiscardHandler, make(chan string, 1)}
	b := bundled(t, client, "main")
	b.Importer = importer.New(client, b.ledger, slog.New(log))
	b.mustRun(t, write(t, mixed), 4) // chunks that nobody works on
	const all = 100_000              // rows to a chunk: one chunk is all that may wait
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { _, err := b.run(ctx, write(t, numbered(10)), all); done <- err }()
	if line := <-log.lines; !strings.Contains(line, "the import waits for room") {
		t.Fatalf("logged %q", line)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("%v: a waiting importer must be stoppable", err)
	}
	path := write(t, numbered(10))
	go func() { _, err := b.run(t.Context(), path, all); done <- err }()
	<-log.lines
	if _, err := asynq.NewInspectorFromRedisClient(client).DeleteAllPendingTasks(chunk.Short.Queue("main")); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	plan, err := importer.MakePlan(t.Context(), path, b.s)
	if err != nil {
		t.Fatal(err)
	}
	b.wantComplete(t, plan)
}

func TestAGuardedRejectComesBackAsTheGuestItWas(t *testing.T) {
	t.Parallel()
	b := bundled(t, redistest.Client(t), "main")
	records := [][]string{{"First Name", "Email", "=Notes"}}
	for i, name := range []string{"=Ada", "\n=Ada", "\t+Ada", " -Ada", "\r\n@Ada", "＝Ada", "＋Ada", "－Ada", "＠Ada", "'=Ada",
		"' =Ada", "\u3000=Ada", "Ada"} {
		records = append(records, []string{name, fmt.Sprintf("nobody%d", i), "\n" + name})
	}
	file := encode(t, records)
	path := write(t, file+"Grace,grace@guests.example,\n")
	plan := b.mustRun(t, path, 4)
	_, rejects := b.report(t, path, plan)
	if len(rejects) != len(records) {
		t.Fatalf("rejects %q", rejects)
	}
	for _, record := range rejects {
		for _, cell := range record {
			if cell != "" && strings.ContainsAny(strings.TrimSpace(cell)[:1], "=+-@") {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	want, got := corrected(t, file), corrected(t, encode(t, rejects))
	for i := range want {
		if want[i].Guest.FirstName != got[i].Guest.FirstName || want[i].Guest.ID != got[i].Guest.ID ||
			want[i].Guest.ID == "" {
			t.Errorf("%q was %q and comes back as %q", records[i+1][0], want[i].Guest.FirstName, got[i].Guest.FirstName)
		}
	}
}

// corrected reads a list of whose addresses only the domain is missing.
func corrected(t *testing.T, list string) []importer.Read {
	t.Helper()
	records := decode(t, bytes.NewBufferString(list))
	email := slices.Index(records[0], "Email")
	for _, record := range records[1:] {
		record[email] += "@guests.example"
	}
	_, rows, err := importer.ReadAll(strings.NewReader(encode(t, records)), gala)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
