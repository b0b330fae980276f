package erasure_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/importer/chunk"
	"guestflow/importer/emailevent"
	"guestflow/importer/erasure"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/qflow/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const person, other = "Ann.Lee@x.example", "joann.lee@x.example"

// kept is an account that has all that it may have of a person, and of another whose address is longer.
func kept(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, state ledger.State) (id string) {
	t.Helper()
	ctx := t.Context()
	imp := ledgertest.Begun(t, l, "list", "list.csv", 2)
	id = imp.ID
	var rows []chunk.Row
	var guests []guestindex.Guest
	var noted []suppression.Row
	for n, address := range []string{person, other} {
		guest := uuid.New()
		rows = append(rows, chunk.Row{Row: n + 1,
			Guest: qflow.Guest{ID: guest.String(), EventID: "ev", FirstName: "Ann", Email: address}})
		guests = append(guests, guestindex.Guest{Row: n + 1, ID: guest, Event: "ev", Template: "T"})
		noted = append(noted, suppression.Row{Row: n + 1, Address: address})
	}
	client.HSet(ctx, l.Prefix()+"addresses:ev:abc", "both", string(guests[0].ID[:])+string(guests[1].ID[:]))
	client.HSet(ctx, l.Prefix()+"names:ev:abc", "his", string(guests[0].ID[:]))
	data, err := chunk.Encode(rows)
	if err != nil {
		t.Fatal(err)
	}
	moves := []ledger.Move{{Row: 1, To: ledger.Queued}, {Row: 2, To: ledger.Queued}}
	if err := l.Chunks.Commit(ctx, id, []ledger.StoredChunk{{N: 0, Data: data}}, moves); err != nil {
		t.Fatal(err)
	}
	if _, err := guestindex.For(l).Claim(ctx, id, guests); err != nil {
		t.Fatal(err)
	}
	if _, err := suppression.For(l).Screen(ctx, id, noted); err != nil {
		t.Fatal(err)
	}
	for row, address := range []string{person, other} {
		why := ledger.Reason{Code: "http_400", Text: "no such address: " + address}
		ledgertest.Move(t, l, id, ledger.Move{Row: row + 1, To: state, Reason: why, Call: "POST /guest: refused"})
		if state == ledger.Queued {
			continue
		}
		event := emailevent.Event{Kind: webhook.Opened, At: time.Now(), Delivery: uuid.NewString()}
		if _, err := emailevent.For(l).Record(ctx, ledger.Owner{Import: id, Row: row + 1}, event); err != nil {
			t.Fatal(err)
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: row + 1, To: state, Reason: why})
	}
	client.HSet(ctx, l.Prefix()+"gates", "plan", `{"Detail":"`+strings.ToLower(person)+` and `+other+` are over the plan"}`)
	return id
}

func dump(t *testing.T, client redis.UniversalClient) string {
	t.Helper()
	var b strings.Builder
	for _, key := range client.Keys(t.Context(), "*").Val() {
		switch client.Type(t.Context(), key).Val() {
		case "string":
			fmt.Fprintln(&b, key, client.Get(t.Context(), key).Val())
		case "hash":
			fmt.Fprintln(&b, key, client.HGetAll(t.Context(), key).Val())
		}
	}
	return strings.ToLower(b.String())
}

func TestNothingOfAPersonIsLeftInRedisAndAllOfTheOthers(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := kept(t, l, client, ledger.Undeliverable)
		if _, err := suppression.For(l).Add(t.Context(), person); err != nil {
			t.Fatal(err)
		}
		without := strings.ReplaceAll(dump(t, client), other, "")
		if !strings.Contains(without, strings.ToLower(person)) {
			t.Fatal("nothing is kept that could be removed")
		}
		r, err := erasure.Eraser{Ledger: l}.Erase(t.Context(), strings.ToUpper(person), true)
		if err != nil || r.Rows != 1 || r.Imports != 1 || r.Index != 1 || !r.Kept {
			t.Errorf("%+v, %v", r, err)
		}
		after := dump(t, client)
		if rest := strings.ReplaceAll(after, other, ""); strings.Contains(rest, strings.ToLower(person)) {
			t.Errorf("left:\n%s", rest)
		}
		if strings.Count(after, other) < 3 { // his row, his reason, the gate
			t.Errorf("another person was removed as well:\n%s", after)
		}
		if e, err := suppression.For(l).Check(t.Context(), person); err != nil || !e[0].Suppressed() {
			t.Errorf("mailed again: %+v, %v", e, err)
		}
		if ids := client.HGet(t.Context(), l.Prefix()+"addresses:ev:abc", "both").Val(); len(ids) != 16 {
			t.Errorf("%d bytes of ids are kept of an address, want those of the other", len(ids))
		}
		if client.Exists(t.Context(), l.Prefix()+"names:ev:abc").Val() != 0 {
			t.Error("an id is kept of a name")
		}
		ledgertest.CheckCounters(t, l, id, 2)
		events, err := emailevent.For(l).List(t.Context(), ledger.Owner{Import: id, Row: 1})
		if err != nil || len(events) > 0 {
			t.Errorf("events are kept: %v, %v", events, err)
		}
		again, err := erasure.Eraser{Ledger: l}.Erase(t.Context(), person, false)
		if err != nil || again.Rows != 0 || again.Index != 0 {
			t.Errorf("once more: %+v, %v", again, err)
		}
		if e, err := suppression.For(l).Check(t.Context(), person); err != nil || e[0] != (suppression.Entry{}) {
			t.Errorf("forgotten on request, and yet %+v, %v", e, err)
		}
	})
}

func TestAGuestWhoHasAnotherAddressByNowStaysKnown(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		old := kept(t, l, client, ledger.Undeliverable)
		corrected := ledgertest.Begun(t, l, "corrected", "corrected.csv", 1)
		index, known := guestindex.For(l), idOf(t, l, old, 1)
		data, err := chunk.Encode([]chunk.Row{{Row: 1, Guest: qflow.Guest{ID: known.String(), EventID: "ev", Email: other}}})
		if err != nil {
			t.Fatal(err)
		}
		err = l.Chunks.Commit(t.Context(), corrected.ID, []ledger.StoredChunk{{Data: data}}, []ledger.Move{{Row: 1, To: ledger.Queued}})
		if err != nil {
			t.Fatal(err)
		}
		asImported := guestindex.Guest{Row: 1, ID: uuid.New(), Event: "ev", Template: "T", Content: [8]byte{1}, Decision: guestindex.TakeOver(known)}
		asWorked := guestindex.Guest{Row: 1, ID: known, Event: "ev", Template: "T", Content: [8]byte{1}}
		for _, row := range []guestindex.Guest{asImported, asWorked} {
			if _, err := index.Claim(t.Context(), corrected.ID, []guestindex.Guest{row}); err != nil {
				t.Fatal(err)
			}
		}
		ledgertest.Move(t, l, corrected.ID, ledger.Move{Row: 1, To: ledger.Created})
		former := l.Keys().Former(corrected.ID)
		if n := client.HLen(t.Context(), former).Val(); n != 1 {
			t.Errorf("the corrected row has %d former addresses", n)
		}
		r, err := (erasure.Eraser{Ledger: l}).Erase(t.Context(), person, true)
		if n := client.Exists(t.Context(), former).Val(); n != 0 {
			t.Error("the address is still a former one of the corrected row")
		}
		if err != nil || r.Rows != 1 || r.Index != 0 || len(r.Left) == 0 || !strings.Contains(r.Left[0].Why, "another address") {
			t.Errorf("%+v, %v", r, err)
		}
		owner, is, err := index.Owner(t.Context(), "ev", known)
		if want := (ledger.Owner{Import: corrected.ID, Row: 1}); err != nil || !is || owner != want {
			t.Errorf("the guest is of %+v, %v, %v, want %+v", owner, is, err, want)
		}
	})
}

// idOf returns the guest's id of a stored row.
func idOf(t *testing.T, l *ledger.Ledger, id string, row int) uuid.UUID {
	t.Helper()
	data, err := l.Chunks.Get(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := chunk.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return uuid.MustParse(rows[row-1].Guest.ID)
}

func TestAPersonIsFoundWhenHisChunkIsGone(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := kept(t, l, client, ledger.Undeliverable)
		if err := l.Chunks.Drop(t.Context(), id, 0); err != nil {
			t.Fatal(err)
		}
		if r, err := (erasure.Eraser{Ledger: l}).Erase(t.Context(), person, true); err != nil || r.Rows != 1 || r.Index != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestNothingIsRemovedWhileAnImportWorksOnThePerson(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := kept(t, l, client, ledger.Queued)
		before := dump(t, client)
		_, err := erasure.Eraser{Ledger: l}.Erase(t.Context(), person, true)
		if busy, is := errors.AsType[*erasure.BusyError](err); !is || busy.Imports[0] != id {
			t.Fatalf("%v", err)
		}
		if dump(t, client) != before {
			t.Error("something was removed")
		}
	})
}

// A person's rows may have come to nothing in some imports, of which nothing is kept then but their lists.
func TestEachOwnFileThatHasThePersonIsNamedOnce(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		kept(t, l, client, ledger.Accepted)
		begun := func(name, path string) {
			ledgertest.Move(t, l, ledgertest.Begun(t, l, name, path, 1).ID, ledger.Move{Row: 1, To: ledger.Rejected})
		}
		dir := t.TempDir()
		want := map[string]int{}
		for n, text := range []string{person, person, strings.ToUpper(person), other, ""} {
			path := filepath.Join(dir, fmt.Sprintf("list%d.csv", n))
			if err := os.WriteFile(path, []byte("Email\n"+text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if n < 3 {
				want[path] = 1
			}
			for again := range 1 + n%2 { // the second one by two imports
				begun(fmt.Sprintf("list%d%d", n, again), path)
			}
		}
		begun("gone", filepath.Join(dir, "gone.csv"))
		r, err := erasure.Eraser{Ledger: l}.Erase(t.Context(), person, true)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]int{}
		for _, left := range r.Left {
			if strings.HasPrefix(left.What, dir) {
				named[left.What]++
			}
		}
		if !maps.Equal(named, want) {
			t.Errorf("it names %v, want %v", named, want)
		}
	})
}

func TestAPersonsRowsAreTakenOutOfListsAndReports(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		dir := t.TempDir()
		put := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		for name, c := range map[string]struct{ text, want string }{
			"done/plain.csv": {"Name,Email\nAnn,ann.lee@x.example\nJo,joann.lee@x.example\n",
				"Name,Email\nJo,joann.lee@x.example\n"},
			"done/windows.csv": {"Name;Email\r\nAnn;ANN.LEE@x.example\r\nJo;jo@x.example\r\n",
				"Name;Email\r\nJo;jo@x.example\r\n"},
			"done/old mac.csv": {"Name,Email\rAnn,ann.lee@x.example\rJo,jo@x.example\r",
				"Name,Email\rJo,jo@x.example\r"},
			"done/quoted.csv":    {"Name,Note,Email\nAnn,\"two\nlines, \"\"quoted\"\"\",ann.lee@x.example\nJo,\"a\nb\",jo@x.example\n", "Name,Note,Email\nJo,\"a\nb\",jo@x.example\n"},
			"done/last line.csv": {"Name,Email\nJo,jo@x.example\nAnn,ann.lee@x.example", "Name,Email\nJo,jo@x.example\n"},
			"failed/longer.csv": {"Email\nann.lee@x.example.org\nann.lee@x.example-mail.org\nbann.lee@x.example\n",
				"Email\nann.lee@x.example.org\nann.lee@x.example-mail.org\nbann.lee@x.example\n"},
			"done/x.report/rejects.csv": {"row,Email,reason\n2,'ann.lee@x.example,bounced\n", "row,Email,reason\n"},
		} {
			path := put(name, c.text)
			if _, err := (erasure.Eraser{Ledger: l, Folders: []erasure.Folder{{Path: dir}}}).Erase(t.Context(), person,
				true); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != c.want {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		named := []string{
			put("waiting/held.csv", "Email\nann.lee@x.example\n"), put("processing/now.csv", "Email\nann.lee@x.example\n"),
			put("done/utf16.csv", utf16("Email\nann.lee@x.example\n")),
			put("done/open quote.csv", "Email\nAnn,\"x,ann.lee@x.example\n"+strings.Repeat("x", 2<<20)),
			put("done/.1.read", `{"note":"ann.lee@x.example"}`), put("done/ann.lee@x.example.csv", "Email\nnone\n"),
		}
		r, err := erasure.Eraser{Ledger: l, Folders: []erasure.Folder{{Path: dir}}}.Erase(t.Context(), person, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range named {
			found := false
			for _, left := range r.Left {
				found = found || left.What == path
			}
			if !found {
				t.Errorf("%s is not named: %+v", path, r.Left)
			}
		}
		if temps, _ := filepath.Glob(filepath.Join(dir, "*", ".erase-*")); len(temps) > 0 {
			t.Errorf("left behind: %v", temps)
		}
	})
}

func utf16(text string) string {
	out := "\xff\xfe"
	for _, r := range text {
		out += string([]byte{byte(r), 0})
	}
	return out
}
