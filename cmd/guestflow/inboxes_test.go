package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/notify"
	"guestflow/qflow/sandbox"
)

// hook is a receiver of notifications.
type hook struct {
	mu   sync.Mutex
	told []notify.Event
}

// hook has the house's processes notify it.
func (h *house) hook() *hook {
	k := &hook{}
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e notify.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			h.t.Error(err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.told = append(k.told, e)
	}))
	h.t.Cleanup(receiver.Close)
	h.env = append(h.env, "GUESTFLOW_NOTIFY_URL="+receiver.URL+"/hook")
	return k
}

func (k *hook) of(kind notify.Kind) (list []notify.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range k.told {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

// at is a time as it stands in an inbox's names.
func at(t time.Time) string { return t.UTC().Format("20060102T150405") }

// put writes a file into a folder of the house, with the folder.
func (h *house) put(path, content string) string {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(h.dir, path)), 0o700); err != nil {
		h.t.Fatal(err)
	}
	return h.write(path, content)
}

func TestHeldAndFailedFilesAreToldOnceByTwoProcessesWithoutGuestsData(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	k := h.hook()
	h.write("guestflow.yaml", gala("strict: true"))
	for range 2 {
		h.start("running", "run", "--inbox=in", "--settle=100ms")
	}
	h.put("in/gala/held.csv", "First Name,Last Name,Email\nAnn,Lee,ann@guests.example\nBob,Lee,bob at guests\n")
	h.put("in/broken.csv", "Ann,Lee,ann@guests.example\nBob,Lee,bob@guests.example\n")
	testkit.Eventually(t, "both are told", func() bool { return len(k.of(notify.FileFailed)) >= 2 })
	h.put("in/gala/good.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\n")
	testkit.Eventually(t, "what came later is told", func() bool { return len(k.of(notify.ImportFinished)) == 1 })
	titles := map[string]string{}
	for _, e := range k.of(notify.FileFailed) {
		titles[e.Title] += e.Text
		if strings.Contains(e.Text+e.Title, "guests.test") {
			t.Errorf("guests' data in %+v", e)
		}
	}
	if len(k.of(notify.FileFailed)) != 2 ||
		!strings.Contains(titles["held.csv was not imported"], "a strict import allows none") ||
		!strings.Contains(titles["broken.csv was not imported"], "header") {
		t.Errorf("told %q", titles)
	}
}

func TestABadFileOfACronSourceIsAnErrorAndAnEventOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	k := h.hook()
	cron, tick := nightly()
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists"), "cron: "+cron, "timezone: UTC"))
	h.drop("broken.csv", 0)
	missedTick(t, client, cron, tick)
	d := h.start("a scheduled import failed", "run")
	missedTick(t, client, cron, tick)
	testkit.Eventually(t, "the next tick is over",
		func() bool { return strings.Contains(d.String(), "still cannot take") })
	if s := h.schedule(); s.Last == nil || !s.Last.Failed || !strings.Contains(s.Last.Text, "broken.csv") {
		t.Errorf("the schedule's last run is %+v", s.Last)
	}
	testkit.Eventually(t, "it is told", func() bool { return len(k.of(notify.FileFailed)) > 0 })
	if n := d.Count("a scheduled import failed"); n != 1 || len(k.of(notify.FileFailed)) != 1 {
		t.Errorf("%d errors and %d events\n%s", n, len(k.of(notify.FileFailed)), d)
	}
}

func TestFilesOfFormerProfilesAndSourcesAreRemovedWhenTheyAreOld(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_KEEP_FILES=48h")...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists")))
	old, young := at(time.Now().Add(-50*time.Hour)), at(time.Now().Add(-40*time.Hour))
	var gone, kept []string
	for _, folder := range []string{"in/former", ".guestflow/sources/former", ".guestflow/sources/gala"} {
		gone = append(gone, h.put(folder+"/done/"+old+"-AAAAAA-abcdefgh--list.csv", "guests"))
		kept = append(kept, h.put(folder+"/done/"+young+"-BBBBBB-abcdefgh--list.csv", "guests"))
	}
	fetched := h.put(".guestflow/fetched/sandbox/former/list.csv", "guests")
	long := time.Now().Add(-50 * time.Hour)
	if err := os.Chtimes(fetched, long, long); err != nil {
		t.Fatal(err)
	}
	h.start("running", "run", "--inbox=in")
	for _, path := range append(gone, fetched) {
		testkit.Eventually(t, path+" is gone", func() bool { _, err := os.Stat(path); return os.IsNotExist(err) })
	}
	for _, path := range kept {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestAFileThatGrewUnobservedIsTakenAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala())
	d := h.start("running", "run", "--inbox=in", "--settle=100ms")
	copying, err := os.Create(filepath.Join(h.dir, "in", "gala", "list.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer copying.Close()
	if _, err := copying.WriteString("First Name,Last Name,Email\nAnn,Lee,ann@example.com\n"); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the first part is imported",
		func() bool { return strings.Contains(d.String(), "file imported") })
	d.End(syscall.SIGTERM)
	if _, err := copying.WriteString("Bob,Lee,bob@example.com\n"); err != nil {
		t.Fatal(err)
	}
	h.start("taken again in a minute", "run", "--inbox=in", "--settle=100ms")
}
