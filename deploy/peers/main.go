// Command peers measures guestflow beside what else a person would take for the same work: a worker and an importer of
// Asynq and of BullMQ, each as a reader of their first pages would write it, and a program without a queue. All have
// the same list, the same API over loopback HTTP in a process of its own, and so many calls in flight; each run has a
// fresh redis-server with an append-only file, and no limits. A run counts only if every guest was posted, and none
// twice.
//
// The runs of a round follow each other, and the next round takes them in the other order, so that a busy machine slows
// all alike. What is printed are medians of the rounds; ratios are medians of each round's ratio.
//
// This binary is also the parts that are written in Go: the API, and the programs that guestflow is measured against.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options of a comparison.
type options struct {
	guestflow string // the program
	bullmq    string // the folder with its programs and packages
	guests    int
	rounds    int
	places    int
	idle      time.Duration
	only      string // the peers that take part; "" for all
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 {
		if role, ok := roles[os.Args[1]]; ok {
			exit(role(ctx, os.Args[2:]))
		}
	}
	var o options
	flag.StringVar(&o.guestflow, "guestflow", "bin/guestflow", "the `program` that is measured")
	flag.StringVar(&o.bullmq, "bullmq", "bin/peers",
		"the `folder` of BullMQ's programs, with its packages; empty: without it")
	flag.IntVar(&o.guests, "guests", 32_000, "guests a run")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds")
	flag.IntVar(&o.places, "concurrency", 64, "calls in flight")
	flag.DurationVar(&o.idle, "idle", 20*time.Second, "how long idle workers are watched")
	flag.StringVar(&o.only, "only", "", "the `names` of those that take part, with commas between; empty: all")
	flag.Parse()
	exit(compare(ctx, o))
}

// roles are what this binary can be beside the comparison.
var roles = map[string]func(context.Context, []string) error{
	"api":          runStub,
	"asynq-import": importAsynq,
	"asynq-work":   workAsynq,
	"direct":       postDirectly,
}

func exit(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
