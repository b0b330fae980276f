package chunk_test

import (
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRowsComeBackAsTheyWereKept(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 6, 1, 18, 0, 0, 5e8, time.UTC)
	for name, rows := range map[string][]chunk.Row{
		"none": {},
		"some": {
			{Row: 1, Line: 2, Guest: qflow.Guest{ID: "a", EventID: "ev", FirstName: "Zoë", Notes: "two\nlines \"and\" <quotes>", Email: "z@guests.example"}},
			{Row: math.MaxInt32, Line: 7, Content: [8]byte{0, 1, 255}, Guest: qflow.Guest{
				ID: "b", PlusOnes: 3, IsGroup: true, ValidFrom: &when, ValidTo: &when, TemplateID: "tpl", CorrelationID: "c",
				Barcode: "B", Tags: "VIP, {session}Keynote", CustomID: "C", OtherNames: "O", LastName: "L",
			}},
		},
	} {
		data, err := chunk.Encode(rows)
		if err != nil {
			t.Fatal(err)
		}
		got, err := chunk.Decode(data)
		if err != nil || !reflect.DeepEqual(got, rows) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, rows)
		}
	}
}

// A field of a guest that Encode does not know would be lost on the way to the worker.
func TestEveryFieldOfAGuestComesBack(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 6, 1, 18, 0, 0, 0, time.FixedZone("", 2*60*60))
	guest := reflect.New(reflect.TypeFor[qflow.Guest]()).Elem()
	for i := range guest.NumField() {
		switch field := guest.Field(i); field.Interface().(type) {
		case string:
			field.SetString(guest.Type().Field(i).Name)
		case int:
			field.SetInt(int64(i))
		case bool:
			field.SetBool(true)
		case *time.Time:
			field.Set(reflect.ValueOf(&when))
		default:
			t.Fatalf("%s has a new type", guest.Type().Field(i).Name)
		}
	}
	full := chunk.Row{Row: 1, Line: 2, Content: [8]byte{3}, Guest: guest.Interface().(qflow.Guest)}
	rows := []chunk.Row{full, full, {Row: 2}, full}
	data, err := chunk.Encode(rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := chunk.Decode(data)
	if err != nil || len(got) != len(rows) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i, r := range got {
		if from, to := r.Guest.ValidFrom, r.Guest.ValidTo; (from == nil) != (rows[i].Guest.ValidFrom == nil) || from != nil && (!from.Equal(when) || !to.Equal(when)) {
			t.Errorf("row %d is valid from %v to %v", i, from, to)
		}
		r.Guest.ValidFrom, r.Guest.ValidTo = rows[i].Guest.ValidFrom, rows[i].Guest.ValidTo
		if !reflect.DeepEqual(r, rows[i]) {
			t.Errorf("%+v, want %+v", r, rows[i])
		}
	}
}

// Chunks that were kept before they were written as they are now still wait for their workers.
func TestOlderChunksAreRead(t *testing.T) {
	t.Parallel()
	got, err := chunk.Decode([]byte(`[{"row":7,"line":8,"content":[1,2,3,4,5,6,7,8],"guest":{"id":"a","eventId":"ev","lastName":"L","commsTemplateId":"tpl"}}]`))
	want := []chunk.Row{{Row: 7, Line: 8, Content: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, Guest: qflow.Guest{ID: "a", EventID: "ev", LastName: "L", TemplateID: "tpl"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestWhatIsNoChunkIsAnErrorWithoutItsContent(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "{}", `[{"guest":"ada@guests.example"}]`, "ada@guests.example", "\x01\x02\x02\x00ada@guests.example"} {
		if _, err := chunk.Decode([]byte(data)); err == nil || strings.Contains(err.Error(), "guests.example") {
			t.Errorf("%q: %v", data, err)
		}
		if _, err := chunk.ParsePayload([]byte("[" + data)); err == nil || strings.Contains(err.Error(), "guests.example") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// Dashboards show payloads, so a task names its chunk and holds nobody's data.
func TestATaskNamesItsChunkAndNothingElse(t *testing.T) {
	t.Parallel()
	ref := chunk.Ref{Account: "main", Import: "abcdefgh", Chunk: 7, Generation: 2}
	task, err := ref.Task(chunk.Short.Queue("main"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(task.Payload()); task.Type() != chunk.TaskType || got != `{"account":"main","import":"abcdefgh","chunk":7,"generation":2,"lane":0}` {
		t.Errorf("a task %s with %s", task.Type(), got)
	}
	if back, err := chunk.ParseTask(task); err != nil || back != ref {
		t.Errorf("%+v, %v; want %+v", back, err, ref)
	}
	ids := map[string]bool{ref.TaskID(): true, ref.Next().TaskID(): true}
	for _, other := range []chunk.Ref{{Import: "abcdefgh", Chunk: 72}, {Import: "abcdefgh", Chunk: 2, Generation: 7}, {Import: "other", Chunk: 7, Generation: 2}} {
		ids[other.TaskID()] = true
	}
	if len(ids) != 5 {
		t.Errorf("5 chunks have the ids %v", ids)
	}
	if ref.TaskID() != "abcdefgh:7:2" {
		t.Errorf("the id is %s: another one would enqueue what is enqueued once more", ref.TaskID())
	}
}

func TestEnqueueingTwiceIsOneTaskAndNoError(t *testing.T) {
	t.Parallel()
	redis := redistest.Client(t)
	queues, inspector := chunk.NewQueues(redis, "main"), asynq.NewInspectorFromRedisClient(redis)
	ref := chunk.Ref{Account: "main", Import: "abcdefgh"}
	wantWaiting := func(want int) {
		t.Helper()
		if n, err := queues.Waiting(t.Context()); n != want || err != nil {
			t.Fatalf("%d tasks wait, %v; want %d", n, err, want)
		}
	}
	wantWaiting(0) // queues that nobody has used yet
	for range 2 {
		if err := queues.Enqueue(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		wantWaiting(1)
	}
	if err := queues.Enqueue(t.Context(), ref.Next()); err != nil {
		t.Fatal(err)
	}
	tasks, err := inspector.ListPendingTasks(chunk.Short.Queue("main"))
	if err != nil || len(tasks) != 2 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	for _, task := range tasks { // asynq's own limits are out of reach: ours are in the ledger
		if task.MaxRetry < 1_000_000 || task.Timeout < 24*time.Hour {
			t.Errorf("%s is tried %d times for %v", task.ID, task.MaxRetry, task.Timeout)
		}
	}
}

// Look reads Asynq's keys itself; this is what tells when a new Asynq has others.
func TestALookAtTheQueuesSeesWhatAsynqSees(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	queues, inspector := chunk.NewQueues(client, "main"), asynq.NewInspectorFromRedisClient(client)
	for n := range 3 {
		ref := chunk.Ref{Account: "main", Import: "abcdefgh", Chunk: n, Lane: 2}
		if err := queues.Enqueue(t.Context(), ref, asynq.ProcessIn(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := queues.Park(t.Context(), qflow.GateTrust, ref.Next()); err != nil {
			t.Fatal(err)
		}
	}
	if err := inspector.ArchiveTask("guests:main:2", "abcdefgh:1:0"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // holding what is held is no error
		if err := queues.Hold(t.Context(), qflow.GateTrust); err != nil {
			t.Fatal(err)
		}
	}
	depths, err := queues.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, depth := range depths {
		info, err := inspector.GetQueueInfo(name)
		if err != nil {
			info = &asynq.QueueInfo{} // Asynq has no entry for a queue that was never used
		}
		if depth.Pending != info.Pending || depth.Scheduled != info.Scheduled || depth.Archived != info.Archived || depth.Tasks()+depth.Archived != info.Size || depth.Paused != info.Paused {
			t.Errorf("%s: %+v, Asynq says %+v", name, depth, info)
		}
	}
	if depths["guests:main:2"].Tasks() != 2 || depths["parked:main:trust"] != (chunk.Depth{Pending: 3, Paused: true}) {
		t.Fatalf("depths %+v", depths)
	}
	for range 2 {
		if err := queues.Release(t.Context(), qflow.GateTrust); err != nil {
			t.Fatal(err)
		}
	}
	if depths, err = queues.Look(t.Context()); err != nil || depths["parked:main:trust"].Paused {
		t.Fatalf("released: %+v, %v", depths, err)
	}
}

// Old tasks are in lanes that go by these names, and workers of the version before serve no others.
func TestLanesHaveNamesOfTheirOwnAndTheOldOnesTheirOldNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, lane := range slices.Concat(chunk.ShortLanes(), chunk.LongLanes()) {
		name := lane.Queue("main")
		if names[name] || chunk.IsShortQueue(name, "main") != lane.IsShort() || chunk.IsParked(name) {
			t.Errorf("lane %d is named %s, after %v", lane, name, names)
		}
		names[name] = true
	}
	for lane, want := range map[chunk.Lane]string{0: "guests:main:short", 1: "guests:main:1", 4: "guests:main:4"} {
		if lane.Queue("main") != want || !names[want] {
			t.Errorf("lane %d is %s, want %s", lane, lane.Queue("main"), want)
		}
	}
	if short, long := chunk.LanesFor(chunk.ShortRows), chunk.LanesFor(chunk.ShortRows+1); short[0] != 0 || long[0] != 1 || len(long) < 32 {
		t.Errorf("short imports go by %v, long ones by %v", short, long)
	}
}

func TestAQueueIsInUseWhileItHoldsATaskThatAsynqAsksFor(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := chunk.NewQueues(client, "main")
	if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 1}); err != nil {
		t.Fatal(err)
	}
	if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 2}, asynq.ProcessIn(time.Hour)); err != nil {
		t.Fatal(err)
	}
	client.LPush(ctx, "asynq:{guests:main:3}:active", "abcdefgh:2:0")
	client.ZAdd(ctx, "asynq:{guests:main:4}:retry", redis.Z{Member: "abcdefgh:3:0"})
	used, err := queues.InUse(ctx, []string{"guests:main:1", "guests:main:2", "guests:main:3", "guests:main:4", "guests:main:5"})
	want := map[string]bool{"guests:main:1": true, "guests:main:2": true, "guests:main:3": true, "guests:main:4": true, "guests:main:5": false}
	if err != nil || !maps.Equal(used, want) {
		t.Errorf("in use are %v, %v", used, err)
	}
}

func TestWithoutRedisNothingLooksEmptyOrEnqueued(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	queues := chunk.NewQueues(redistest.Connect(t, server), "main")
	server.Kill()
	if _, err := queues.Waiting(t.Context()); err == nil {
		t.Error("queues that cannot be looked at are empty")
	}
	if err := queues.Enqueue(t.Context(), chunk.Ref{}); err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
		t.Errorf("%v, want that it is not enqueued", err)
	}
}

func FuzzNothingThatIsReadPanics(f *testing.F) {
	for _, data := range []string{"", "[]", "null", `[{"row":-1,"content":[1]}]`, `{"import":1}`} {
		f.Add([]byte(data))
	}
	when := time.Date(2026, 6, 1, 18, 0, 0, 5e8, time.UTC)
	kept, err := chunk.Encode([]chunk.Row{{Row: 1, Line: 2, Guest: qflow.Guest{ID: "a", ValidFrom: &when}}, {Row: 2, Guest: qflow.Guest{ID: "a"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(kept)
	f.Fuzz(func(t *testing.T, data []byte) {
		if rows, err := chunk.Decode(data); err == nil {
			kept, err := chunk.Encode(rows)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := chunk.Decode(kept); err != nil || !reflect.DeepEqual(again, rows) {
				t.Fatalf("%+v becomes %+v, %v", rows, again, err)
			}
		}
		_, _ = chunk.ParsePayload(data)
	})
}
