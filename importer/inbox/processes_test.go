package inbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// With these, this test binary is a process with an inbox until its standard input ends.
const (
	inboxFolder = "TEST_INBOX_FOLDER"
	inboxRedis  = "TEST_INBOX_REDIS"

	// settled is longer than any pause of a slow copy on a busy machine.
	settled = 1500 * time.Millisecond
)

func beAnInbox(t *testing.T, dir, url string) {
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer client.Close()
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	im := importer.New(client, books, slog.New(slog.DiscardHandler))
	b, err := inbox.New(dir, settled, map[string]importer.Settings{"": {Spec: spec.Spec{Account: "main", Event: event}}},
		func(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
			return importInto(ctx, im, books, path, s)
		},
		slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.Every = 50 * time.Millisecond
	b.Abandoned = 2 * time.Second
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	b.Run(ctx)
}

// dropper drops files as people and programs do, each from another goroutine.
type dropper struct {
	t    *testing.T
	dir  string
	tick <-chan time.Time
}

func (d dropper) must(err error) {
	if err != nil {
		d.t.Error(err)
	}
}

func (d dropper) write(name, content string) {
	d.must(os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600))
}

func (d dropper) append(name, content string) {
	f, err := os.OpenFile(filepath.Join(d.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(content)
	}
	d.must(err)
	d.must(f.Close())
}

func (d dropper) rename(from, to string) {
	d.must(os.Rename(filepath.Join(d.dir, from), filepath.Join(d.dir, to)))
}

// drop n in one of the ways; content is what must be imported of it.
func (d dropper) drop(n int, name, content string) {
	half := len(content) / 2
	switch n % 8 {
	case 0: // at once
		d.write(name, content)
	case 1: // under a temporary name
		d.write(name+".part", content)
		d.rename(name+".part", name)
	case 2: // from another folder
		d.must(os.MkdirAll(filepath.Join(d.dir, ".elsewhere"), 0o700))
		d.write(".elsewhere/"+name, content)
		d.rename(".elsewhere/"+name, name)
	case 3: // slowly, opened anew for every piece
		for len(content) > 0 {
			size := min(len(content), half/2+1)
			d.append(name, content[:size])
			content = content[size:]
			<-d.tick
		}
	case 4: // overwritten by a later export
		d.write(name, list("earlier", 5))
		<-d.tick
		d.write(name, content)
	case 5: // truncated and written again
		d.write(name, content[:half])
		<-d.tick
		d.must(os.Truncate(filepath.Join(d.dir, name), 0))
		<-d.tick
		d.append(name, content[:half])
		<-d.tick
		d.append(name, content[half:])
	case 6: // slowly, through one open file
		f, err := os.Create(filepath.Join(d.dir, name))
		d.must(err)
		for _, piece := range []string{content[:half], content[half:]} {
			_, err := f.WriteString(piece)
			d.must(err)
			<-d.tick
		}
		d.must(f.Close())
	case 7: // replaced by another file
		d.write(name, list("earlier", 5))
		<-d.tick
		d.write(name+".tmp", content)
		d.rename(name+".tmp", name)
	}
}

// Two processes watch one folder, and one of them is killed again and again.
func TestTwoProcessesImportEachOf200FilesOnceAndLoseNone(t *testing.T) {
	if dir := os.Getenv(inboxFolder); dir != "" {
		beAnInbox(t, dir, os.Getenv(inboxRedis))
		return
	}
	t.Parallel()
	const files, distinct = 200, 180 // the last ones repeat the content of the first
	server := redistest.Start(t)
	o := &office{house: newHouse(t), redis: redistest.Connect(t, server)}
	o.books, _ = ledger.For(o.redis, "main")
	o.inbox() // its folders
	start := func() (kill func()) { return startInbox(t, o.dir, server.URL()) }
	end, kill := start(), start()

	tick := time.NewTicker(2 * time.Millisecond) // shared by ten, so one waits for some 20 ms
	defer tick.Stop()
	d := dropper{t: t, dir: o.dir, tick: tick.C}
	numbers := make(chan int)
	var droppers sync.WaitGroup
	for range 10 {
		droppers.Go(func() {
			for n := range numbers {
				d.drop(n, fmt.Sprintf("list%03d.csv", n), list(fmt.Sprintf("g%03d", n%distinct), 2+n%distinct%40))
			}
		})
	}
	for n := range files {
		numbers <- n
	}
	close(numbers)
	droppers.Wait()
	kills := []int{1, 50, 120}
	for _, taken := range kills {
		testkit.Eventually(t, fmt.Sprintf("%d files are done", taken), func() bool { return o.files("done") >= taken })
		kill()
		kill = start()
	}
	testkit.Eventually(t, "all files are done", func() bool { return o.files("done") == files })
	end()
	kill()

	o.want("")
	o.want("processing")
	o.want("failed")
	texts, _ := filepath.Glob(filepath.Join(o.dir, "done", "*.txt"))
	// Of a file whose process was killed half-way and one of the same content two processes may complete the import
	// together: then neither was imported before.
	if n := files - distinct; len(texts) > n || len(texts) < n-len(kills) {
		t.Errorf("%d files are reported as imported before, want %d", len(texts), n)
	}
	o.wantEachRowOnce(distinct)
}

// files counts the lists in a folder.
func (h *house) files(folder string) (n int) {
	for _, name := range h.in(folder) {
		if strings.HasSuffix(name, ".csv") {
			n++
		}
	}
	return n
}

// wantEachRowOnce looks at what the workers would get.
func (o *office) wantEachRowOnce(imports int) {
	o.t.Helper()
	rows, tasks := 0, 0
	for _, imp := range o.wantImports(imports) {
		rows += imp.Rows
		tasks += (imp.Rows + imp.Chunk - 1) / imp.Chunk
		if imp.Counts[ledger.Queued] != imp.Rows {
			o.t.Errorf("import %s of %d rows counts %v", imp.ID, imp.Rows, imp.Counts)
		}
	}
	waiting, err := queue.New(o.redis, "main").Tasks(o.t.Context())
	if err != nil || waiting != tasks {
		o.t.Errorf("%d tasks are enqueued for %d rows, %v; want %d", waiting, rows, err, tasks)
	}
}

// startInbox starts a process with an inbox; kill is SIGKILL.
func startInbox(t *testing.T, dir, url string) (kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcessesImportEachOf200FilesOnceAndLoseNone$")
	cmd.Env = append(os.Environ(), inboxFolder+"="+dir, inboxRedis+"="+url)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	stdin, err := cmd.StdinPipe() // open as long as we live
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = stdin.Close()
	})
	t.Cleanup(func() {
		kill()
		if t.Failed() {
			t.Logf("a process says:\n%s", log.String())
		}
	})
	return kill
}
