package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// peer is one of those that are compared. Where it has no importer, its worker reads the list.
type peer struct {
	name     string
	importer func(*run) *exec.Cmd
	worker   func(*run) *exec.Cmd // nil: only its import is measured
	idles    bool                 // its worker waits for work
}

const (
	nameAsynq     = "plain Asynq"
	nameEnqueuers = "its 64 enqueuers"
	nameBullMQ    = "BullMQ"
	nameGuestflow = "guestflow"
	nameDirect    = "no queue"
)

func peers(o options) []peer {
	list := []peer{
		{nameAsynq, asynqImporter(1), asynqWorker, true},
		{name: nameEnqueuers, importer: asynqImporter(64)},
		{nameBullMQ, bullmqImporter, bullmqWorker, true},
		{nameGuestflow, guestflowImporter, guestflowWorker, true},
		{name: nameDirect, worker: func(r *run) *exec.Cmd {
			return r.self("direct", r.list, r.api, strconv.Itoa(r.places))
		}},
	}
	return slices.DeleteFunc(list, func(p peer) bool {
		return o.bullmq == "" && p.name == nameBullMQ ||
			o.only != "" && !slices.Contains(strings.Split(o.only, ","), p.name)
	})
}

func asynqImporter(enqueuers int) func(*run) *exec.Cmd {
	return func(r *run) *exec.Cmd {
		return r.self("asynq-import", r.list, r.redisAddr(), strconv.Itoa(enqueuers))
	}
}

func asynqWorker(r *run) *exec.Cmd {
	return r.self("asynq-work", r.redisAddr(), r.api, strconv.Itoa(r.places))
}

func bullmqImporter(r *run) *exec.Cmd {
	return r.process("node", filepath.Join(r.bullmq, "importer.js"), r.list, r.redisPort(), eventID, templateID)
}

func bullmqWorker(r *run) *exec.Cmd {
	return r.process("node", filepath.Join(r.bullmq, "worker.js"), r.redisPort(), r.api+guestPath, token,
		strconv.Itoa(r.places))
}

func guestflowImporter(r *run) *exec.Cmd {
	return guestflow(r, "import", r.list, "--event="+eventID, "--template="+templateID, "--yes")
}

func guestflowWorker(r *run) *exec.Cmd { return guestflow(r, "run") }

// guestflow runs without limits; all else is as it comes.
func guestflow(r *run, args ...string) *exec.Cmd {
	cmd := r.process(r.guestflow, args...)
	cmd.Env = append(cmd.Env, "GUESTFLOW_API_URL="+r.api, "GUESTFLOW_REDIS_URL="+r.redis.URL(),
		"GUESTFLOW_CONCURRENCY="+strconv.Itoa(r.places), "GUESTFLOW_RATE_PER_MINUTE=0", "GUESTFLOW_SEND_RATE_PER_MINUTE=0",
		"GUESTFLOW_LISTEN=127.0.0.1:0")
	return cmd
}

// score is what one run has cost.
type score struct {
	imported    time.Duration
	importerCPU time.Duration
	importerKB  int64
	worked      time.Duration // from the first guest that the API has seen to the last one
	workerCPU   time.Duration
	redisCPU    time.Duration // import included
	redis       load          // of the worker
}

// latencies of the API.
var latencies = []time.Duration{0, 20 * time.Millisecond}

// results holds scores by peer and latency, one for each round.
type results map[string]map[time.Duration][]score

func compare(ctx context.Context, o options) (err error) {
	if o.guestflow, err = filepath.Abs(o.guestflow); err != nil {
		return err
	}
	if o.bullmq != "" {
		if o.bullmq, err = filepath.Abs(o.bullmq); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "guestflow-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list, err := writeList(dir, o.guests)
	if err != nil {
		return err
	}
	all := results{}
	for n := range o.rounds {
		if err := all.round(ctx, o, list, n); err != nil {
			return err
		}
	}
	idle, err := watchIdle(ctx, o)
	if err != nil {
		return err
	}
	fmt.Print(table(o, all, idle))
	return nil
}

// round has each peer run once for each latency.
func (all results) round(ctx context.Context, o options, list string, n int) error {
	turn := peers(o)
	if n%2 == 1 {
		slices.Reverse(turn)
	}
	for _, latency := range latencies {
		for _, p := range turn {
			if p.worker == nil && latency > 0 { // an import does not know the latency
				continue
			}
			s, err := p.run(ctx, o, list, latency)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if all[p.name] == nil {
				all[p.name] = map[time.Duration][]score{}
			}
			all[p.name][latency] = append(all[p.name][latency], s)
			fmt.Fprintf(os.Stderr, "%s  round %d, API %s, %s: %s\n", time.Now().Format(time.TimeOnly), n+1, latency, p.name,
				s.line(o.guests))
		}
	}
	return nil
}

func (p peer) run(ctx context.Context, o options, list string, latency time.Duration) (s score, err error) {
	r, err := newRun(ctx, o, list, latency)
	if err != nil {
		return s, err
	}
	defer r.close()
	if p.importer != nil {
		if err := r.enqueue(p.importer(r), &s); err != nil {
			return s, err
		}
	}
	if p.worker == nil {
		return s, nil
	}
	return s, r.work(ctx, p.worker(r), &s)
}

// watchIdle returns how many commands a second each idle worker has Redis run, those of scripts included. They are
// watched side by side, since none of them does anything.
func watchIdle(ctx context.Context, o options) (map[string]float64, error) {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		rates = map[string]float64{}
		errs  []error
	)
	for _, p := range peers(o) {
		if !p.idles {
			continue
		}
		all.Go(func() {
			rate, err := p.watch(ctx, o)
			mu.Lock()
			defer mu.Unlock()
			rates[p.name], errs = rate, append(errs, err)
		})
	}
	all.Wait()
	return rates, errors.Join(errs...)
}

// starts is how long a worker may take until it idles.
const starts = 5 * time.Second

func (p peer) watch(ctx context.Context, o options) (float64, error) {
	r, err := newRun(ctx, o, "", 0)
	if err != nil {
		return 0, err
	}
	defer r.close()
	worker := p.worker(r)
	if err := worker.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = worker.Process.Kill()
		_ = worker.Wait()
	}()
	if err := sleep(ctx, starts); err != nil {
		return 0, err
	}
	before, err := r.load(ctx)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := sleep(ctx, o.idle); err != nil {
		return 0, err
	}
	after, err := r.load(ctx)
	return float64(after.commands-before.commands) / time.Since(began).Seconds(), err
}
