package inbox_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

const event = "6f1f9d1e-5d8b-4b8e-9a53-0f2b1a0c7d11"

// office is a house whose files are really imported, into a Redis of its own.
type office struct {
	*house
	redis *redis.Client
	books *ledger.Ledger
	im    *importer.Importer
	crash string // where the process that has a file in hand dies

	settle    time.Duration
	cancelled bool // a person has cancelled every import
}

func newOffice(t *testing.T) *office {
	client := redistest.Client(t)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	return &office{house: newHouse(t), redis: client, books: books,
		im: importer.New(client, books, slog.New(slog.DiscardHandler))}
}

func (o *office) open() *inbox.Inbox {
	o.t.Helper()
	b, err := inbox.New(o.dir, o.settle,
		map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: event}}}, o.take,
		slog.New(slog.NewTextHandler(&o.log, nil)))
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

// dies ends the goroutine, which for the disk and for Redis is a kill at this point.
func (o *office) dies(at string) {
	if o.crash == at {
		o.crash = ""
		runtime.Goexit()
	}
}

func (o *office) take(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
	o.dies("taken")
	plan, err := importer.MakePlan(ctx, path, s)
	if err != nil {
		return spool.Result{}, err
	}
	imp, created, err := o.im.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	o.dies("begun")
	if err := o.im.Run(ctx, plan, imp); err != nil {
		return spool.Result{}, err
	}
	o.dies("imported")
	resumed := !created && imp.Enqueued*imp.Chunk < imp.Rows
	return spool.Result{Import: imp.ID, Rows: plan.Rows, Known: !created, Resumed: resumed, Cancelled: o.cancelled, Plan: spool.PlanOf(plan),
		Source: imp.Source, SetSource: func(_, to string) error {
			err := o.books.SetSource(ctx, imp.ID, to)
			o.dies("noted")
			return err
		}}, nil
}

// list is a file of so many guests.
func list(name string, rows int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range rows {
		fmt.Fprintf(&b, "Ann,%s %d,%s.%d@example.com\n", name, i, name, i)
	}
	return b.String()
}

// wantImports compares how many imports there are, and that every row of each is enqueued once.
func (o *office) wantImports(n int) []ledger.Import {
	o.t.Helper()
	imports, err := o.books.Imports(o.t.Context(), 1000)
	if err != nil || len(imports) != n {
		o.t.Fatalf("%d imports, %v; want %d\n%s", len(imports), err, n, o.log.String())
	}
	for _, imp := range imports {
		if imp.Counts[ledger.Queued]+imp.Counts[ledger.Unchanged] != imp.Rows || imp.Counts.Total() != imp.Rows {
			o.t.Errorf("import %s of %d rows counts %v", imp.ID, imp.Rows, imp.Counts)
		}
	}
	return imports
}

func TestAKillAtAnyPointLosesNoFileAndImportsNoneTwice(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"signed", "taken", "begun", "imported", "noted", "moved"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.drop("list.csv", list("a", 3))
			switch point {
			case "signed": // the sign is there and the file is not renamed yet
				o.drop("processing/.20260101T000000-ABCDEF", "")
			case "moved": // only the sign is left to remove
				b := o.open()
				b.Look(t.Context())
				b.Look(t.Context())
				o.drop("processing/.20260101T000000-ABCDEF", "")
			default:
				o.crash = point
				b := o.open()
				b.Look(t.Context())
				b.Look(t.Context())
				o.want("processing", "list.csv")
			}
			o.abandon()
			b := o.open()
			for range 3 {
				b.Look(t.Context())
			}
			o.want("done", "list.csv")
			o.want("processing")
			o.want("")
			imp := o.wantImports(1)[0]
			if _, err := os.Stat(imp.Source); err != nil {
				t.Errorf("the report would look for the file at %s: %v", imp.Source, err)
			}
			long := time.Now().Add(-2 * time.Hour)
			for _, sign := range o.signs() {
				_ = os.Chtimes(sign, long, long)
			}
			b.Tidy(t.Context())
			o.wantNoSigns()
		})
	}
}

func TestTheSameContentDroppedAgainIsReportedAndNotImported(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"nowhere", "taken", "begun", "imported", "text"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			b := o.open()
			o.drop("list.csv", list("a", 3))
			b.Look(t.Context())
			b.Look(t.Context())
			imp := o.wantImports(1)[0]
			if o.crash = point; point == "text" { // the text is written and the file is not moved yet
				o.drop("processing/20260101T000000-ABCDEF.1--copy.csv", list("a", 3))
				o.drop("processing/.20260101T000000-ABCDEF", "")
				o.drop("done/20260101T000000-ABCDEF--copy.csv.txt", "half a tex")
			} else {
				o.drop("copy.csv", list("a", 3))
			}
			for range 4 {
				b.Look(t.Context())
				o.abandon()
			}
			o.want("done", "copy.csv", "copy.csv.txt", "list.csv")
			o.want("processing")
			if again := o.wantImports(1)[0]; again.Source != imp.Source {
				t.Errorf("the import's file is now %s", again.Source)
			}
			text := o.text("done")
			for _, say := range []string{"copy.csv", imp.ID, "list.csv", "Nothing was imported again", "copy.again.csv",
				"guestflow report " + imp.ID} {
				if !strings.Contains(text, say) {
					t.Errorf("the text does not say %q:\n%s", say, text)
				}
			}
		})
	}
}

// text is the one text in a folder.
func (o *office) text(folder string) string {
	o.t.Helper()
	paths, _ := filepath.Glob(filepath.Join(o.dir, folder, "*--*.txt"))
	if len(paths) != 1 {
		o.t.Fatalf("texts in %s: %q", folder, paths)
	}
	text, err := os.ReadFile(paths[0])
	if err != nil {
		o.t.Fatal(err)
	}
	return string(text)
}

func TestAFileNamedAgainIsImportedAgainAndThatOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := o.open()
	o.drop("list.csv", list("a", 3))
	b.Look(t.Context())
	b.Look(t.Context())
	for n, point := range []string{"taken", "begun", "imported", "noted", "nowhere"} {
		o.crash = point
		o.drop("list.Again.csv", list("a", 3))
		for range 4 {
			b.Look(t.Context())
			o.abandon()
		}
		o.wantImports(2 + n)
	}
	if n := len(o.in("done")); n != 6 {
		t.Errorf("done/ holds %q", o.in("done"))
	}
}

// noList is a file that is at fault, and leaves no doubt.
const noList = "%PDF-1.7 and so on\n1\n"

func TestAKillWhileAFileIsPutIntoFailedLeavesOneReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.drop("processing/20260101T000000-ABCDEF.1--list.csv", noList)
	o.drop("processing/.20260101T000000-ABCDEF", "")
	o.drop("failed/20260101T000000-ABCDEF--list.csv.txt", "half a tex")
	o.abandon()
	b := o.open()
	b.Look(t.Context())
	b.Look(t.Context())
	o.want("failed", "list.csv", "list.csv.txt")
	if text := o.text("failed"); !strings.HasPrefix(text, "list.csv") {
		t.Errorf("the reason is %q", text)
	}
}

// reports gives an inbox whose imports are over when told.
func (o *office) reports(b *inbox.Inbox, over map[string]bool, fault *error) {
	b.Report = func(_ context.Context, id, source, folder string) error {
		if !over[id] {
			return fmt.Errorf("import %s: %w", id, spool.ErrOpen)
		}
		if _, err := os.Stat(source); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "result.csv"), []byte("result of "+id), 0o600); err != nil {
			return err
		}
		o.dies("half a report")
		return *fault
	}
}

// Promise: a list that is imported by itself leaves beside it, in its report, which columns of a few texts have decided nothing.
func TestTheReportNamesTheColumnsThatHaveDecidedNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	over, fault := map[string]bool{}, error(nil)
	b := o.open()
	o.reports(b, over, &fault)
	o.drop("plain.csv", list("a", 3))
	content := "First Name,Last Name,Email,Squad pick\n"
	for i := range 6 {
		content += fmt.Sprintf("Ann,B,b%d@example.com,%c\n", i, 'P'+i%2)
	}
	o.drop("squads.csv", content)
	for range 2 {
		b.Look(t.Context())
	}
	for _, imp := range o.wantImports(2) {
		over[imp.ID] = true
	}
	b.Tidy(t.Context())
	o.want("done", "plain.csv", "plain.csv.report", "squads.csv", "squads.csv.report")
	text, err := os.ReadFile(o.one("done/*squads.csv.report/columns.txt"))
	if want := "the column \"Squad pick\" is not used, so it decides nothing; it has 2 different texts.\n"; err != nil || string(text) != want {
		t.Errorf("%q, %v", text, err)
	}
	if list, _ := filepath.Glob(filepath.Join(o.dir, "done/*plain.csv.report/columns.txt")); len(list) > 0 {
		t.Error("a list without such a column has one too")
	}
}

func TestTheReportComesBesideTheFileOnceItsImportIsOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	over, fault := map[string]bool{}, error(nil)
	b := o.open()
	o.reports(b, over, &fault)
	o.drop("list.csv", list("a", 3))
	o.drop("list.csv.txt", list("b", 3)) // looks like the text beside the other one
	for range 2 {
		b.Look(t.Context())
	}
	b.Tidy(t.Context())
	o.want("done", "list.csv", "list.csv.txt")
	for _, imp := range o.wantImports(2) {
		over[imp.ID] = true
	}
	fault = fs.ErrPermission
	b.Tidy(t.Context())
	b.Tidy(t.Context())
	o.want("done", "list.csv", "list.csv.txt")
	if n := strings.Count(o.log.String(), "permission denied"); n != 2 {
		t.Errorf("two reports cannot be written, and that is said %d times", n)
	}
	fault, o.crash = nil, "half a report"
	crashed := make(chan struct{})
	go func() { defer close(crashed); b.Tidy(context.Background()) }()
	<-crashed
	b = o.open() // a new process
	o.reports(b, over, &fault)
	for range 2 {
		b.Tidy(t.Context())
	}
	reports, _ := filepath.Glob(filepath.Join(o.dir, "done", "*.report", "result.csv"))
	if len(reports) != 2 {
		t.Fatalf("reports %q", reports)
	}
	for _, imp := range o.wantImports(2) {
		if got, err := os.ReadFile(filepath.Join(imp.Source+".report", "result.csv")); err != nil ||
			string(got) != "result of "+imp.ID {
			t.Errorf("beside %s: %q, %v", imp.Source, got, err)
		}
	}
}

func TestWhatIsOldIsRemovedAndNothingElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	over, fault := map[string]bool{"overlong": true}, error(nil)
	b := o.open()
	b.Keep = 48 * time.Hour
	o.reports(b, over, &fault)
	old, young := time.Now().UTC().Add(-50*time.Hour), time.Now().UTC().Add(-40*time.Hour)
	put := func(at time.Time, folder, id, name string) string {
		path := o.drop(filepath.Join(folder, at.Format("20060102T150405")+"-"+id+"--"+name), "guests")
		_ = os.Chtimes(path, old, old)
		return path
	}
	put(old, "done", "AAAAAA-overlong", "late.csv") // its report comes this moment, and is to be read
	put(old, "done", "BBBBBB-stillopen", "open.csv")
	put(young, "done", "CCCCCC", "young.csv")
	put(old, "done", "DDDDDD", "repeated.csv")
	put(old, "done", "DDDDDD", "repeated.csv.txt")
	put(old, "failed", "EEEEEE", "failed.csv")
	put(old, "failed", "EEEEEE", "failed.csv.txt")
	put(old, "failed", "FFFFFF", "justnow.csv")
	_ = os.Chtimes(put(old, "failed", "FFFFFF", "justnow.csv.txt"), young, young)
	reported := put(old, "done", "GGGGGG-reported", "reported.csv")
	for dir, at := range map[string]time.Time{
		reported + ".report": old, filepath.Join(o.dir, "done", ".report-123"): old,
		filepath.Join(o.dir, "done", ".report-456"): time.Now(),
	} {
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "result.csv"), nil, 0o600)
		}
		if err == nil {
			err = os.Chtimes(dir, at, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Chtimes(o.drop("done/mine.csv", "a user's own"), old, old)
	b.Tidy(t.Context())
	b.Tidy(t.Context())
	o.want("done", "late.csv", "late.csv.report", "mine.csv", "open.csv", "young.csv")
	o.want("failed", "justnow.csv", "justnow.csv.txt")
	if left, _ := filepath.Glob(filepath.Join(o.dir, "done", ".report-*")); len(left) != 1 {
		t.Errorf("unfinished reports: %q, want the one that is being written", left)
	}
	if strings.Contains(o.log.String(), "repeated.csv") {
		t.Errorf("a line for every file\n%s", o.log.String())
	}
}
