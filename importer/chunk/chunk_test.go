package chunk_test

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRowsComeBackAsTheyWereKept(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 6, 1, 18, 0, 0, 5e8, time.UTC)
	for name, rows := range map[string][]chunk.Row{
		"none": {},
		"some": {
			{Row: 1, Line: 2, Guest: qflow.Guest{ID: "a", EventID: "ev", FirstName: "Zoë", Notes: "two\nlines \"and\" <quotes>",
				Email: "z@guests.example"}},
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
		if from, to := r.Guest.ValidFrom, r.Guest.ValidTo; (from == nil) != (rows[i].Guest.ValidFrom == nil) ||
			from != nil && (!from.Equal(when) || !to.Equal(when)) {
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
	want := []chunk.Row{{Row: 7, Line: 8, Content: [8]byte{1, 2, 3, 4, 5, 6, 7, 8},
		Guest: qflow.Guest{ID: "a", EventID: "ev", LastName: "L", TemplateID: "tpl"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	// Row by row, as Encode wrote them until it compressed them.
	rowByRow := "\x01\x0e\x10\x00\x01\x02\x03\x04\x05\x06\x07\x08\x00" +
		"\x02a\x03ev\x00\x00\x02L\x00\x00\x00\x00\x00\x04tpl\x00" + "\x00\x00"
	if got, err = chunk.Decode([]byte(rowByRow)); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
}

// Every byte that is damaged or cut off is found, or leaves another chunk: nothing panics, and no memory is taken for
// what is not there.
func TestADamagedChunkIsAnError(t *testing.T) {
	t.Parallel()
	data, err := chunk.Encode([]chunk.Row{{Row: 7,
		Guest: qflow.Guest{ID: "6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11", FirstName: "Ada"}},
		{Row: 8, Guest: qflow.Guest{ID: "6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a12"}}})
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if got, err := chunk.Decode(data[:n]); err == nil {
			t.Errorf("the first %d bytes are %+v", n, got)
		}
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			bad := bytes.Clone(data)
			bad[n] = b
			_, _ = chunk.Decode(bad)
		}
	}
}

func TestIDsOfAnyFormComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "a", "6F0DFC5C-9A53-5A53-8D0C-2F4F1F0F6A11", "6f0dfc5c9a535a538d0c2f4f1f0f6a11",
		"{6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11}", "urn:uuid:6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11"} {
		rows := []chunk.Row{{Row: 1, Guest: qflow.Guest{ID: "6f0dfc5c-9a53-5a53-8d0c-2f4f1f0f6a11"}},
			{Row: 2, Guest: qflow.Guest{ID: id}}}
		data, err := chunk.Encode(rows)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := chunk.Decode(data); err != nil || !reflect.DeepEqual(got, rows) {
			t.Errorf("%q: %+v, %v", id, got, err)
		}
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

// Dashboards show payloads, so a task names its chunk and holds no guest's data.
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
	for _, other := range []chunk.Ref{{Import: "abcdefgh", Chunk: 72}, {Import: "abcdefgh", Chunk: 2, Generation: 7},
		{Import: "other", Chunk: 7, Generation: 2}} {
		ids[other.TaskID()] = true
	}
	if len(ids) != 5 {
		t.Errorf("5 chunks have the ids %v", ids)
	}
	if ref.TaskID() != "abcdefgh:7:2" {
		t.Errorf("the id is %s: another one would enqueue what is enqueued once more", ref.TaskID())
	}
}

// Old tasks are in lanes that go by these names, and workers of the version before serve no others.
func TestLanesHaveNamesOfTheirOwnAndTheOldOnesTheirOldNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, lane := range slices.Concat(chunk.ShortLanes(), chunk.LongLanes()) {
		name := lane.Queue("main")
		if names[name] || chunk.IsShortQueue(name, "main") != lane.IsShort() || queue.IsParked(name) {
			t.Errorf("lane %d is named %s, after %v", lane, name, names)
		}
		names[name] = true
	}
	for lane, want := range map[chunk.Lane]string{0: "guests:main:short", 1: "guests:main:1", 4: "guests:main:4"} {
		if lane.Queue("main") != want || !names[want] {
			t.Errorf("lane %d is %s, want %s", lane, lane.Queue("main"), want)
		}
	}
	if short, long := chunk.LanesFor(chunk.ShortRows), chunk.LanesFor(chunk.ShortRows+1); short[0] != 0 || long[0] != 1 ||
		len(long) < 32 {
		t.Errorf("short imports go by %v, long ones by %v", short, long)
	}
}

func FuzzNothingThatIsReadPanics(f *testing.F) {
	for _, data := range []string{"", "[]", "null", `[{"row":-1,"content":[1]}]`, `{"import":1}`} {
		f.Add([]byte(data))
	}
	when := time.Date(2026, 6, 1, 18, 0, 0, 5e8, time.UTC)
	kept, err := chunk.Encode([]chunk.Row{{Row: 1, Line: 2, Guest: qflow.Guest{ID: "a", ValidFrom: &when}},
		{Row: 2, Guest: qflow.Guest{ID: "a"}}})
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
