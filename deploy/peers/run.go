package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

// run is what one run of a peer is made on: a Redis and an API that were not used before.
type run struct {
	options
	dir   string // where processes find what others have left, such as the key that seals tokens
	list  string // the guests' file
	api   string // its URL; "" where none is needed
	stop  func() // of the API
	redis *redisserver.Server
	ask   *redis.Client
}

func newRun(ctx context.Context, o options, list string, latency time.Duration) (*run, error) {
	dir, err := os.MkdirTemp("", "guestflow-peers-")
	if err != nil {
		return nil, err
	}
	r := &run{options: o, dir: dir, list: list, stop: func() {}}
	if r.api, r.stop, err = startStub(latency); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if r.redis, err = redisserver.Start(ctx, redisserver.Options{Dir: dir}); err != nil {
		r.stop()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	r.ask = redis.NewClient(r.redis.Redis())
	return r, nil
}

func (r *run) close() {
	_ = r.ask.Close()
	r.redis.Kill()
	r.stop()
	_ = os.RemoveAll(r.dir)
}

// redisAddr and redisPort are of the run's Redis.
func (r *run) redisAddr() string { return r.redis.Redis().Addr }
func (r *run) redisPort() string { return r.redisAddr()[strings.LastIndex(r.redisAddr(), ":")+1:] }

// self is this binary in another role.
func (r *run) self(args ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return r.process(path, args...)
}

func (r *run) process(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...) // ended by work, by its id
	cmd.Dir = r.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir}
	return cmd
}

// enqueue runs an importer to its end.
func (r *run) enqueue(importer *exec.Cmd, s *score) error {
	began := time.Now()
	if out, err := importer.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", importer, err, out)
	}
	s.imported = time.Since(began)
	s.importerCPU = cpu(importer)
	s.importerKB = importer.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	return nil
}

// work runs a worker until the API has seen every guest, and so much longer that a guest posted twice would be seen.
func (r *run) work(ctx context.Context, worker *exec.Cmd, s *score) error {
	before, err := r.load(ctx)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	worker.Stdout, worker.Stderr = &said, &said
	if err := worker.Start(); err != nil {
		return err
	}
	waited := r.await(ctx)
	after, err := r.load(ctx)
	_ = worker.Process.Signal(syscall.SIGTERM)
	ended := worker.Wait()
	if err = errors.Join(waited, err, ended); err != nil {
		return fmt.Errorf("%s: %w\n%s", worker, err, tail(said.String()))
	}
	saw, err := r.saw(ctx)
	if err != nil || saw.Guests != r.guests || saw.Repeats > 0 {
		return fmt.Errorf("%s: the API has %d guests of %d, and %d were posted again: %w", worker, saw.Guests, r.guests,
			saw.Repeats, errors.Join(err, errors.New("the run does not count")))
	}
	s.worked, s.workerCPU, s.redis = saw.Took, cpu(worker), after.minus(before)
	s.redisCPU = after.cpu
	return nil
}

const (
	runLasts = 5 * time.Minute
	settles  = 500 * time.Millisecond // in which the last outcomes are written
)

// await polls, seldom enough not to be felt.
func (r *run) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, runLasts)
	defer cancel()
	for {
		saw, err := r.saw(ctx)
		if err != nil {
			return err
		}
		if saw.Guests >= r.guests {
			return sleep(ctx, settles)
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("%d of %d guests after %s: %w", saw.Guests, r.guests, runLasts, err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// saw asks the API for what it has seen.
func (r *run) saw(ctx context.Context) (s seen, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.api+"/seen", nil)
	if err != nil {
		return s, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	return s, json.NewDecoder(resp.Body).Decode(&s)
}

// load is what a Redis has been asked so far, and the processor time that it took.
type load struct {
	evals, commands, bytes int
	cpu                    time.Duration
}

func (l load) minus(o load) load {
	return load{l.evals - o.evals, l.commands - o.commands, l.bytes - o.bytes, l.cpu - o.cpu}
}

var (
	commandCalls = regexp.MustCompile(`(?m)^cmdstat_([^:]+):calls=(\d+)`)
	inputBytes   = regexp.MustCompile(`(?m)^total_net_input_bytes:(\d+)`)
	usedCPU      = regexp.MustCompile(`(?m)^used_cpu_(?:sys|user):([\d.]+)`)
)

func (r *run) load(ctx context.Context) (l load, err error) {
	info, err := r.ask.Info(ctx, "commandstats", "stats", "cpu").Result()
	if err != nil {
		return l, err
	}
	for _, c := range commandCalls.FindAllStringSubmatch(info, -1) {
		n, _ := strconv.Atoi(c[2])
		if l.commands += n; strings.HasPrefix(c[1], "eval") {
			l.evals += n
		}
	}
	for _, c := range usedCPU.FindAllStringSubmatch(info, -1) {
		seconds, _ := strconv.ParseFloat(c[1], 64)
		l.cpu += time.Duration(seconds * float64(time.Second))
	}
	if m := inputBytes.FindStringSubmatch(info); m != nil {
		l.bytes, _ = strconv.Atoi(m[1])
	}
	return l, nil
}

func cpu(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

// startStub runs the API as a process of its own, and returns its URL and what ends it.
func startStub(latency time.Duration) (url string, stop func(), err error) {
	r := &run{dir: os.TempDir()}
	cmd := r.self("api", latency.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil {
		stop()
		return "", nil, err
	}
	return "http://" + address, stop, nil
}

// syllables are what last names are made of: a name with a number in it is looked at for longer than others.
var syllables = strings.Fields("ba do fe gu hi ka lo me nu pi ra so te vu wi za")

// lastName returns another last name for each number.
func lastName(i int) string {
	name := "Lin"
	for ; i > 0; i /= len(syllables) {
		name += syllables[i%len(syllables)]
	}
	return name
}

// writeList writes the guests' file.
func writeList(dir string, guests int) (string, error) {
	var text strings.Builder
	text.WriteString("First Name,Last Name,Email\n")
	for i := range guests {
		fmt.Fprintf(&text, "Ann,%s,ann%d@example.com\n", lastName(i), i)
	}
	path := filepath.Join(dir, "guests.csv")
	return path, os.WriteFile(path, []byte(text.String()), 0o600)
}
