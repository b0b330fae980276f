package operate_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker"
)

// began enqueues a list.
func began(t *testing.T, a *operate.Account, template, list string) ledger.Import {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := importer.MakePlan(t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "main",
		Event: sandbox.Defaults().EventID, Template: template}})
	if err != nil {
		t.Fatal(err)
	}
	imp, _, err := a.Begin(t.Context(), operate.Actor{}, plan)
	if err == nil {
		err = a.Importer.Run(t.Context(), plan, imp)
	}
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

// imported imports a list and waits for its end.
func imported(t *testing.T, a *operate.Account, template, list string) ledger.Import {
	t.Helper()
	imp, err := began(t, a, template, list), error(nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, worker.Config{Redis: a.Redis, Ledger: a.Ledger, Qflow: a.Qflow, Budget: a.Budget,
			Gates: a.Gates, Log: a.Log, Concurrency: 8})
	}()
	testkit.Eventually(t, "the import is over", func() bool {
		imp, err = a.Ledger.Import(t.Context(), imp.ID)
		return err != nil || imp.Done()
	})
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return imp
}

func guestList(n int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Tags\n")
	for i := range n {
		fmt.Fprintf(&b, "Guest,Number%d,g%d@party.example,VIP\n", i, i)
	}
	return b.String()
}

// compared is what a comparison has found, with the lines of its report.
func compared(t *testing.T, a *operate.Account, of string) (operate.Crosscheck, [][]string) {
	t.Helper()
	var out strings.Builder
	c, err := a.Crosscheck(t.Context(), sandbox.Defaults().EventID, of, &out, func(operate.Crosscheck) {})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return c, lines[1:]
}

func pages(size int, how string) func(*sandbox.Switches) {
	return func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute, s.PageSize, s.GuestPaging = 0, 0, size, how
	}
}

func TestEveryGuestOfAnImportIsFoundHoweverTheListIsPaged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size       int
		how        string
		here, lost int
	}{
		"all at once": {-1, "cut", 25, 0}, "pages by number": {10, "number", 25, 0}, "pages by link": {10, "link", 25, 0},
		"full last page": {5, "number", 25, 0}, "cut off": {10, "cut", 10, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := starter(t, sandbox.Options{Adjust: pages(c.size, c.how)})
			imp := imported(t, a, "", guestList(25))
			for _, of := range []string{"", imp.ID} {
				got, lines := compared(t, a, of)
				if got.Listed != c.here || got.Same != c.here || got.HereOnly != c.lost || len(lines) != c.lost {
					t.Errorf("of %q: %+v, lines %v", of, got, lines)
				}
			}
		})
	}
}

func TestWhatWasChangedAtQflowIsNamedAndNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	a, box := starter(t, sandbox.Options{Adjust: pages(-1, "cut")})
	imp := imported(t, a, sandbox.Defaults().TemplateID, guestList(6))
	event, listed := sandbox.Defaults().EventID, map[string]qflow.Guest{}
	if _, out := a.Qflow.ListGuests(t.Context(), event, qflow.GuestPage{}, func(g qflow.Listed) error {
		g.EventID = event
		listed[g.LastName] = g.Guest
		return nil
	}); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}
	one, two := listed["Number1"], listed["Number2"]
	one.FirstName, one.Tags, two.Tags = "=HYPERLINK(1)", "VIP,Press", ""
	other := qflow.Guest{ID: "11111111-2222-4333-8444-555555555555", EventID: event, FirstName: "Walk", LastName: "In"}
	if bad, out := a.Qflow.UpsertGuests(t.Context(), event, []qflow.Guest{one, two, other}); out.Kind != qflow.Accepted ||
		len(bad) > 0 {
		t.Fatal(bad, out.Err())
	}
	before := box.Summary()
	got, lines := compared(t, a, "")
	if got.Same != 4 || got.Differs != 2 || got.ThereOnly != 1 || got.Fields["tags"] != 2 ||
		got.Fields["first_name"] != 1 {
		t.Errorf("%+v", got)
	}
	text := fmt.Sprint(lines)
	if !strings.Contains(text, "'=HYPERLINK(1)") || !strings.Contains(text, "first_name tags") ||
		!strings.Contains(text, "Walk") {
		t.Errorf("lines %v", lines)
	}
	if after := box.Summary(); after.Guests != before.Guests || after.Emails != before.Emails {
		t.Errorf("%+v, then %+v", before, after)
	}
	if again, _ := compared(t, a, ""); again.Differs != 2 {
		t.Errorf("then %+v", again)
	}
	if got, _ := compared(t, a, imp.ID); got.ThereOnly != 1 || got.OtherImport != 0 {
		t.Errorf("of the import: %+v", got)
	}
}

// A guest who is there proves no email. Only a record that names the row's own call, and was not refused before, may be
// settled by.
func TestOnlyRowsWhoseOwnCallMadeTheGuestCanBeSettled(t *testing.T) {
	t.Parallel()
	a, _ := starter(t, sandbox.Options{Adjust: pages(-1, "cut")})
	imp := began(t, a, sandbox.Defaults().TemplateID, guestList(4))
	var guests []qflow.Guest
	if err := reread.EachGuest(t.Context(), imp, imp.Source, func(_ int, g qflow.Guest) bool {
		guests = append(guests, g)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		by    int // the row whose call makes the guest
		flags ledger.Flag
	}{{1, ledger.MaybeSent}, {1, ledger.MaybeSent}, {3, ledger.MaybeSent | ledger.Tried}, {0, 0}} {
		row := i + 1
		guests[i].CorrelationID = imp.CorrelationID(c.by).String()
		if c.by == 0 {
			guests[i].CorrelationID, guests[i].TemplateID = "", ""
		}
		if out := a.Qflow.CreateGuest(t.Context(), guests[i]); out.Kind != qflow.Accepted {
			t.Fatal(out.Err())
		}
		moved, _, err := a.Ledger.Move(t.Context(), imp.ID, []ledger.Move{{Row: row, To: ledger.Unknown, Set: c.flags}})
		if err != nil || !moved[0].OK {
			t.Fatal(moved, err)
		}
	}
	got, lines := compared(t, a, "")
	if got.Evidence != 1 || got.Unproven != 3 || len(got.Settleable) != 1 ||
		got.Settleable[0] != (ledger.Owner{Import: imp.ID, Row: 1}) {
		t.Fatalf("%+v, lines %v", got, lines)
	}
	all := []ledger.Owner{{Import: imp.ID, Row: 1}, {Import: imp.ID, Row: 3}} // the second is refused as such
	for _, want := range []int{1, 0} {
		if n, err := a.SettleFound(t.Context(), operate.Actor{Name: "ida"}, all); n != want || err != nil {
			t.Errorf("%d rows settled, %v", n, err)
		}
	}
	imp, err := a.Ledger.Import(t.Context(), imp.ID)
	if err != nil || imp.Counts[ledger.Accepted] != 1 || imp.Counts[ledger.Unknown] != 3 {
		t.Errorf("%v, %v", imp.Counts, err)
	}
	log, err := a.AuditLog(t.Context(), imp.ID, 10)
	if err != nil || len(log) == 0 || log[0].Action != "settle" || log[0].Actor != "ida" {
		t.Errorf("%+v, %v", log, err)
	}
}

func TestAListThatCannotBeReadSaysNothingOfWhoIsMissing(t *testing.T) {
	t.Parallel()
	a, _ := starter(t, sandbox.Options{Adjust: pages(-1, "cut")})
	_, err := a.Crosscheck(t.Context(), "e0000000-0000-4000-8000-00000000dead", "", nil, func(operate.Crosscheck) {})
	if err == nil || !strings.Contains(err.Error(), "cannot be listed") || !operate.IsInputError(err) {
		t.Errorf("%v", err)
	}
}

// Neither the list nor what it is compared with is held in memory.
// It does not run beside others, whose memory would count.
func TestALongListTakesNoMemory(t *testing.T) {
	guests := 4_000 // of 8 KiB
	if n, err := strconv.Atoi(os.Getenv("GUESTFLOW_LISTED")); err == nil {
		guests = n
	}
	a, _ := starter(t, sandbox.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := bufio.NewWriter(w)
		defer out.Flush()
		for i := range guests {
			before := map[bool]string{true: "[", false: ","}[i == 0]
			fmt.Fprintf(out, `%s{"id":%q,"firstName":"Guest","lastName":"Number%d","additionalInfo":%q}`, before,
				uuid.NewSHA1(uuid.NameSpaceOID, []byte(strconv.Itoa(i))), i, strings.Repeat("notes ", 1400))
		}
		out.WriteString("]")
	}))
	t.Cleanup(server.Close)
	var err error
	if a.Qflow, err = qflow.New(qflow.Config{URL: server.URL, SubscriptionKey: "key"},
		worker.Tokens{Cache: a.Tokens}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Qflow.Close)
	most := uint64(0)
	look := func(operate.Crosscheck) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	}
	look(operate.Crosscheck{})
	before := most
	begun := time.Now()
	c, err := a.Crosscheck(t.Context(), sandbox.Defaults().EventID, "", io.Discard, look)
	if err != nil || c.ThereOnly != guests {
		t.Fatalf("%+v, %v", c.Counts, err)
	}
	t.Logf("%d guests in %s, at most %d KiB more", guests, time.Since(begun).Round(time.Millisecond), (most-before)>>10)
	if most-before > 24<<20 {
		t.Errorf("%d MiB more", (most-before)>>20)
	}
}
