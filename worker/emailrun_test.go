package worker_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/testkit"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// bottleneck is a Qflow that answers the first call for a guest, and holds the others until it is opened.
type bottleneck struct {
	mu           sync.Mutex
	calls        int
	flying, most int
	open         chan struct{}
}

func (n *bottleneck) begin() (held bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	n.flying++
	n.most = max(n.most, n.flying)
	return n.calls > 1
}

func (n *bottleneck) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flying--
}

func (n *bottleneck) inFlight() (now, most int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.flying, n.most
}

// before puts the bottleneck before a farm's Qflow.
func (n *bottleneck) before(f *farm) {
	target, err := url.Parse(f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	to := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/guest") {
			if held := n.begin(); held {
				<-n.open
			}
			defer n.end()
		}
		to.ServeHTTP(w, r)
	}))
	f.t.Cleanup(server.Close)
	f.url = server.URL
}

// leaveOneChunk deletes the tasks of all chunks but the first of an import, of which each has so many rows.
func (f *farm) leaveOneChunk(id string) {
	f.t.Helper()
	imp, err := f.ledger.Import(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	lane := chunk.Lane(imp.Lane).Queue(f.account)
	tasks, err := f.inspector().ListPendingTasks(lane)
	for ; err == nil && len(tasks) > 1; tasks, err = f.inspector().ListPendingTasks(lane) {
		for _, task := range tasks[1:] {
			if err := f.inspector().DeleteTask(task.Queue, task.ID); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// marked is how many rows of an import have a mark of a call.
func (f *farm) marked(id string, rows int) (n int) {
	f.t.Helper()
	marks, err := f.ledger.RowBytes(f.t.Context(), id, 1, rows)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, m := range marks {
		if m.HasFlag(ledger.MaybeSent) && m.State() == ledger.Queued {
			n++
		}
	}
	return n
}

// Rows of a chunk use the places that no other chunk needs, and no more calls are in flight than there are places. A
// row that was marked and cannot be called is not left with its mark: it would look like a lost answer.
func TestRowsOfAChunkGoSideBySideWithinThePlaces(t *testing.T) {
	t.Parallel()
	const rows, ofChunk = 64 * 20, 20
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.timeout = testkit.Patience
	neck := &bottleneck{open: make(chan struct{})}
	neck.before(f)
	id := f.importFile(file(t, rows), settings(template))
	f.leaveOneChunk(id)
	var begun atomic.Int64 // marks, of which the first one's call was answered
	f.redis.AddHook(hooked{before: func(cmd redis.Cmder) error { begun.Add(marks(cmd)); return nil }})
	f.work()
	f.until("all places are used", func() bool { now, _ := neck.inFlight(); return now == concurrency })
	f.until("a row beside them is marked", func() bool { return begun.Load() > 1+concurrency })
	f.until("its mark is taken back", func() bool { return f.marked(id, rows) == concurrency })
	close(neck.open)
	f.await(id, "the chunk is done", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] == ofChunk })
	if _, most := neck.inFlight(); most != concurrency {
		t.Errorf("%d calls in flight, want %d", most, concurrency)
	}
	f.checkBooks(ofChunk, ofChunk)
}
