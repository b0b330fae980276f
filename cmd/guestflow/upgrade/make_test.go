package upgrade

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// TestMakeTestdata makes testdata anew with a program of another version; see testdata/README.md.
func TestMakeTestdata(t *testing.T) {
	old := os.Getenv("GUESTFLOW_UPGRADE_FROM")
	if old == "" {
		t.Skip("GUESTFLOW_UPGRADE_FROM names no program to make testdata with")
	}
	server := redistest.Start(t)
	m := &maker{site: newSite(t, old, server.URL()), redis: redistest.Connect(t, server)}
	m.furnish()
	m.everyday()
	m.leftovers()
	m.closedGates()
	m.unfinished()
	m.save()
}

type maker struct {
	*site
	redis *redis.Client
}

func (m *maker) write(name, content string) string {
	m.t.Helper()
	path := filepath.Join(m.Dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return path
}

const password = "an-old-password-1" // of the console's user ann

const head = "First Name,Last Name,Email,Notes\n"

// guests are so many, each with an address of its own.
func guests(name string, from, to int, notes string) string {
	var b strings.Builder
	b.WriteString(head)
	for n := from; n <= to; n++ {
		fmt.Fprintf(&b, "Ann,%s %d,%s.%d@x.example,%s\n", name, n, name, n, notes)
	}
	return b.String()
}

var (
	event    = "--event=" + sandbox.Defaults().EventID
	template = "--template=" + sandbox.Defaults().TemplateID
	second   = "--template=" + sandbox.Defaults().SecondTemplate
)

// enqueue imports a file and returns the import's id.
func (m *maker) enqueue(name, content string, args ...string) string {
	m.t.Helper()
	path := m.write("lists/"+name, content)
	m.Must(append([]string{"import", path, event, "--yes"}, args...)...)
	for _, i := range m.imports() {
		if i.Source == path {
			return i.ID
		}
	}
	m.t.Fatalf("there is no import of %s", path)
	return ""
}

func (m *maker) count(name, state string) int {
	n := 0
	for _, i := range m.imports() {
		if fileName(i) == name {
			n += i.Counts[state]
		}
	}
	return n
}

func (m *maker) awaitCount(name, state string, n int) {
	m.t.Helper()
	testkit.Eventually(m.t, fmt.Sprintf("%d rows of %s are %s", n, name, state),
		func() bool { return m.count(name, state) == n })
}

func (m *maker) patch(change func(*sandbox.Switches)) {
	m.t.Helper()
	if err := m.box.Adjust(change); err != nil {
		m.t.Fatal(err)
	}
}

func (m *maker) inject(list ...sandbox.Fault) {
	m.t.Helper()
	if err := m.box.Inject(list...); err != nil {
		m.t.Fatal(err)
	}
}

func (m *maker) furnish() {
	account := sandbox.Defaults()
	m.write("guestflow.yaml", fmt.Sprintf(`profiles:
  minutely: {event: %[1]s, template: %[2]s, source: %[3]s/sources/minutely, cron: "* * * * *", timezone: UTC}
  yearly: {event: %[1]s, template: %[2]s, source: %[3]s/sources/yearly, cron: "0 0 1 1 *", timezone: UTC}
  feed: {event: %[1]s, source: %[3]s/sources/feed}
`, account.EventID, account.TemplateID, m.Dir))
	m.write("sources/minutely/first.csv", guests("minutely", 1, 3, ""))
	m.write("sources/yearly/yearly.csv", guests("yearly", 1, 3, ""))
	m.write("sources/feed/feed.csv", guests("feed", 1, 6, "fed"))
	m.write("password", password)
	m.Must("user", "add", "ann", "--operator", "--users=users", "--new-password-file=password")
	_ = os.Remove(filepath.Join(m.Dir, "password"))
	if err := os.MkdirAll(filepath.Join(m.Dir, "inbox"), 0o700); err != nil {
		m.t.Fatal(err)
	}
}

// everyday is a fleet in which all goes well: an inbox, a schedule, a source, webhooks.
func (m *maker) everyday() {
	fleet := m.serve("--inbox=inbox", "--users=users", "--source-every=1s")
	m.Must("webhook", "register", "https://guests.example/webhooks/qflow", "--yes")
	m.write("inbox/broken.csv", "\x00\x01 this is no list")
	m.enqueue("welcome.csv", head+
		"Ann,Lee,ann@x.example,first\nBob,Lee,bob@x.example,first\nBea,Bounce,bounce+1@x.example,\nFay,Fail,fail+1@x.example,\n"+
		"Olga,Open,open+1@x.example,\nSam,Sent,sent+1@x.example,\nBad,Address,nowhere,\nAnn,Lee,ann@x.example,first\n",
		template)
	m.write("inbox/dropped.csv", guests("dropped", 1, 4, ""))
	// Without a profile the inbox has no event, unless the list names one.
	m.write("inbox/feed/later.csv", guests("later", 1, 3, ""))
	m.awaitCount("welcome.csv", "delivered", 3)
	m.awaitCount("welcome.csv", "undeliverable", 1)
	m.awaitCount("welcome.csv", "refused", 1)
	m.awaitCount("later.csv", "created", 3)
	m.awaitCount("feed.csv", "created", 6)
	m.awaitCount("first.csv", "delivered", 3) // at the next full minute
	for _, i := range m.imports() {
		if fileName(i) == "feed.csv" {
			_, _, _ = m.Run("pause", i.ID) // it is over; the trail may have it
		}
	}
	m.Must("limits", "set", "--rate-per-minute=60000")
	fleet.End(syscall.SIGTERM)
}

// leftovers are rows that have come to nothing, each in another way.
func (m *maker) leftovers() {
	m.untold()
	m.enqueue("unknown.csv", guests("feed", 1, 3, "fed"), second)
	worker := m.Start("run", "--roles=workers", "--listen=")
	m.awaitCount("unknown.csv", "accepted", 3)
	worker.End(syscall.SIGTERM)

	m.inject(sandbox.Fault{Endpoint: sandbox.Send, Kind: sandbox.LostAfter, Next: 1})
	m.enqueue("lost.csv", guests("later", 1, 3, ""), second)
	m.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail500Before, Next: 2})
	exhausted := m.enqueue("exhausted.csv", guests("exhausted", 1, 2, ""), template)
	worker = m.Start("run", "--roles=workers", "--listen=")
	m.awaitCount("lost.csv", "unknown", 1)
	tries := "gf:{" + accountName + "}:import:" + exhausted + ":tries"
	testkit.Eventually(m.t, "two rows have failed", func() bool { return m.redis.HLen(m.t.Context(), tries).Val() == 2 })
	m.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail500Before, Next: 2})
	if err := m.redis.HSet(m.t.Context(), tries, "1", 19, "2", 19).Err(); err != nil { // rather than two hours
		m.t.Fatal(err)
	}
	m.awaitCount("exhausted.csv", "exhausted", 2)
	worker.End(syscall.SIGTERM)
	m.box.ClearFaults()
}

// untold leaves guests who were made by a call without an answer, and whose import was cancelled: nothing says that
// they exist.
func (m *maker) untold() {
	m.inject(sandbox.Fault{Endpoint: sandbox.BulkGuests, Kind: sandbox.LostAfter})
	before := m.box.Summary().Guests
	id := m.enqueue("untold.csv", guests("untold", 1, 3, ""))
	worker := m.Start("run", "--roles=workers", "--listen=")
	testkit.Eventually(m.t, "its guests are made", func() bool { return m.box.Summary().Guests == before+3 })
	m.Must("cancel", id, "--yes")
	worker.End(syscall.SIGTERM)
	m.box.ClearFaults()
}

// killedInACall leaves rows whose calls a killed worker has made: two whose emails are queued at Qflow, of which Redis
// does not know.
func (m *maker) killedInACall() {
	hang := func(at sandbox.Endpoint) sandbox.Fault {
		return sandbox.Fault{Endpoint: at, Kind: sandbox.HangAfter, DelayMS: 60_000, Next: 1}
	}
	m.inject(hang(sandbox.Send), hang(sandbox.CreateGuest))
	before := m.box.Summary().Emails
	m.enqueue("killed-send.csv", guests("feed", 4, 4, "fed"), template)
	m.enqueue("killed-create.csv", guests("killed", 1, 1, ""), template)
	worker := m.Start("run", "--roles=workers", "--listen=")
	testkit.Eventually(m.t, "both calls are on their way", func() bool { return m.box.Summary().Emails == before+2 })
	worker.End(syscall.SIGKILL)
	m.box.ClearFaults()
}

// closedGates leaves what waits for the trust gate, then the plan gate is closed too.
func (m *maker) closedGates() {
	m.killedInACall()
	m.patch(func(s *sandbox.Switches) { s.Trusted = false })
	m.triedAndCorrected()
	m.enqueue("waiting.csv", guests("waiting", 1, 5, "first"), template)
	m.enqueue("waiting-corrected.csv", guests("waiting", 1, 5, "corrected"), template)
	m.enqueue("long-1.csv", guests("one", 1, 501, ""), template)
	paused := m.enqueue("long-2.csv", guests("two", 1, 501, ""), template)
	m.Must("pause", paused)
	worker := m.Start("run", "--roles=workers", "--listen=")
	testkit.Eventually(m.t, "rows are parked", func() bool {
		return m.count("long-1.csv", "parked")+m.count("long-1.csv", "parked-tried") == 501
	})
	worker.End(syscall.SIGTERM)

	m.patch(func(s *sandbox.Switches) { s.PlanLimit = 1 })
	m.enqueue("plan.csv", guests("plan", 1, 4, ""))
	worker = m.Start("run", "--roles=workers", "--listen=")
	m.awaitCount("plan.csv", "parked", 4)
	worker.End(syscall.SIGTERM)
}

// triedAndCorrected leaves guests who were made without an email, whose import was cancelled, and whose corrections
// wait.
func (m *maker) triedAndCorrected() {
	tried := m.enqueue("tried.csv", guests("tried", 1, 4, "first"), template)
	worker := m.Start("run", "--roles=workers", "--listen=")
	testkit.Eventually(m.t, "rows are parked", func() bool {
		return m.count("tried.csv", "parked-tried") > 0 &&
			m.count("tried.csv", "parked")+m.count("tried.csv", "parked-tried") == 4
	})
	worker.End(syscall.SIGTERM)
	m.Must("cancel", tried, "--yes")
	m.enqueue("tried-corrected.csv", guests("tried", 1, 4, "corrected"), template)
}

// unfinished leaves work that no worker has seen.
func (m *maker) unfinished() {
	m.enqueue("long-3.csv", guests("three", 1, 501, ""), template)
	m.enqueue("long-4.csv", guests("four", 1, 501, ""), template)
	m.enqueue("short.csv", guests("short", 1, 5, ""), template)
	m.Must("cancel", m.enqueue("cancelled.csv", guests("cancelled", 1, 5, ""), template), "--yes")

	m.killHalfWay(m.write("lists/half.csv", guests("half", 1, 900, "")), func(path string) *testkit.Process {
		return m.Start("import", path, event, template, "--yes")
	})
	m.killHalfWay(m.write("inbox/feed/taken.csv", guests("taken", 1, 900, "")), func(string) *testkit.Process {
		return m.Start("run", "--roles=inbox", "--inbox=inbox", "--listen=")
	})
	m.write("inbox/feed/untaken.csv", guests("untaken", 1, 3, ""))
	m.write("sources/feed/new.csv", guests("new", 1, 3, ""))
	m.write("sources/minutely/second.csv", guests("minutely", 4, 6, ""))
	m.killedInARenewal()
}

// killedInARenewal leaves a claim on a refresh token that is spent, and its answer in a journal.
func (m *maker) killedInARenewal() {
	m.inject(sandbox.Fault{Endpoint: sandbox.Token, Kind: sandbox.SlowAfter, DelayMS: 2000, Next: 1})
	grants := func() int { return m.box.Summary().Grants["refresh_token"] }
	before := grants()
	renewal := m.Start("token", "renew")
	testkit.Eventually(m.t, "the refresh token is spent", func() bool { return grants() == before+1 })
	m.pauseWrites(func() {
		testkit.Eventually(m.t, "the answer is in a journal", func() bool {
			found, _ := filepath.Glob(filepath.Join(m.Dir, "state", "*.journal"))
			return len(found) == 1
		})
		renewal.End(syscall.SIGKILL)
	})
	m.box.ClearFaults()
}

// pauseWrites keeps Redis from changing meanwhile.
func (m *maker) pauseWrites(meanwhile func()) {
	m.t.Helper()
	if err := m.redis.Do(m.t.Context(), "CLIENT", "PAUSE", 30_000, "WRITE").Err(); err != nil {
		m.t.Fatal(err)
	}
	meanwhile()
	if err := m.redis.Do(m.t.Context(), "CLIENT", "UNPAUSE").Err(); err != nil {
		m.t.Fatal(err)
	}
}

// killHalfWay kills an importer whose rows are partly enqueued.
func (m *maker) killHalfWay(path string, start func(path string) *testkit.Process) {
	m.t.Helper()
	ctx, known := m.t.Context(), m.redis.ZCard(m.t.Context(), "gf:{"+accountName+"}:imports").Val()
	importer := start(path)
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		all, err := m.redis.ZRange(ctx, "gf:{"+accountName+"}:imports", -1, -1).Result()
		if err != nil {
			m.t.Fatal(err)
		}
		if m.redis.ZCard(ctx, "gf:{"+accountName+"}:imports").Val() == known {
			continue
		}
		if n, _ := m.redis.HGet(ctx, "gf:{"+accountName+"}:import:"+all[0], "n2").Int(); n > 0 {
			break
		}
	}
	m.pauseWrites(func() { importer.End(syscall.SIGKILL) })
	name := filepath.Base(path)
	if fresh, queued := m.count(name, "new"), m.count(name, "queued"); fresh == 0 || queued == 0 {
		m.t.Fatalf("of %s %d rows are new and %d queued: the importer was killed at the wrong time; make it again", name,
			fresh, queued)
	}
}

// asked are the commands whose output is kept, with --json.
var asked = map[string][]string{
	"imports": {"imports", "--limit=100"}, "gate": {"gate"}, "parked": {"parked"}, "token": {"token", "show"},
	"schedules": {"schedules"},
}

const placeholder = "/srv/guestflow" // stands for the site's folder

// nameless takes out what is of this machine.
func (m *maker) nameless(text string) string {
	host, err := os.Hostname()
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.NewReplacer(append(m.folders(), `"`+host+`:`, `"host-1:`)...).Replace(text)
}

// folders are what the site's folder is in a path, and a source's in the key of what was fetched from it; each with
// what stands for it.
func (s *site) folders() []string {
	pairs := []string{s.Dir, placeholder}
	for _, source := range []string{"feed", "minutely", "yearly"} {
		sum := sha256.Sum256([]byte(filepath.Join(s.Dir, "sources", source)))
		pairs = append(pairs, "fetched:"+hex.EncodeToString(sum[:8]), "fetched:SOURCE-"+source)
	}
	return pairs
}

// save writes down all that is left, with no path of this machine.
func (m *maker) save() {
	for name, args := range asked {
		m.write("said/"+name+".json", m.nameless(m.Must(append(args, "--json")...)))
	}
	reports := map[string][]testkit.ReportRow{}
	for _, i := range m.imports() {
		if i.Rows < 10 {
			reports[i.ID] = m.report(i.ID)
		}
	}
	raw, err := json.MarshalIndent(reports, "", " ")
	if err != nil {
		m.t.Fatal(err)
	}
	m.write("said/reports.json", string(raw))
	k, err := keep(m.t.Context(), m.redis)
	if err != nil {
		m.t.Fatal(err)
	}
	slices.SortFunc(k.Keys, func(a, b keptKey) int { return strings.Compare(a.Key, b.Key) })
	raw, err = json.Marshal(k)
	if err == nil {
		err = json.Unmarshal([]byte(m.nameless(string(raw))), &k)
	}
	if err == nil {
		err = os.RemoveAll("testdata/site")
	}
	if err == nil {
		err = k.write("testdata/redis.json.gz")
	}
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(m.Dir, "reports")); err != nil {
		m.t.Fatal(err)
	}
	shot := m.box.Snapshot()
	slices.SortFunc(shot.Emails, func(a, b sandbox.SnapshotEmail) int { return strings.Compare(a.GuestID, b.GuestID) })
	if raw, err = json.MarshalIndent(shot, "", " "); err == nil {
		err = os.WriteFile("testdata/qflow.json", append(raw, '\n'), 0o600)
	}
	if err == nil {
		err = copyTree(m.Dir, "testdata/site", m.nameless, nil, k.At)
	}
	changed, missing := fetchedAt(m.Dir)
	if err = errors.Join(err, missing); err == nil {
		raw, err = json.MarshalIndent(changed, "", " ")
	}
	if err == nil {
		err = os.WriteFile("testdata/fetched.json", append(raw, '\n'), 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	for _, i := range m.imports() {
		m.t.Logf("%-22s %5d %v %s", fileName(i), i.Rows, i.Counts, i.Stopped)
	}
}

// fetchedAt gives when the files that were fetched had been changed, to the nanosecond: that is their version.
func fetchedAt(site string) (map[string]time.Time, error) {
	changed := map[string]time.Time{}
	for _, rel := range []string{"sources/feed/feed.csv", "sources/minutely/first.csv"} {
		info, err := os.Stat(filepath.Join(site, rel))
		if err != nil {
			return nil, err
		}
		changed[rel] = info.ModTime().UTC()
	}
	return changed, nil
}

// copyTree copies files and folders. Those whose time is not given get another.
func copyTree(from, to string, edit func(string) string, changed map[string]time.Time, others time.Time) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at, given := changed[rel]
		if !given {
			at = others
		}
		return errors.Join(os.WriteFile(target, []byte(edit(string(raw))), 0o600), os.Chtimes(target, at, at))
	})
}
