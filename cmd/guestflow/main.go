// Command guestflow turns CSV files of event guests into guests of Qflow, each with the right email, once.
//
// This package holds its commands, a file each; package program puts together what they work with.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/worker"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := endWithin(ctx, os.Stderr, func() int { return execute(ctx, os.Args[1:], os.Stdout, os.Stderr) })
	stop()
	os.Exit(code)
}

// stopWithin is how long a stop may take in all: longer than that of a worker, and less than what systemd, Docker and Kubernetes
// are told in deploy to wait before they kill.
const stopWithin = worker.DefaultGrace + 5*time.Second

// endWithin gives a command's exit code, or after a signal that of an interrupt once it is too late for one: what hangs in the
// kernel, such as the reading of a network share that is gone, cannot be called off.
func endWithin(ctx context.Context, stderr io.Writer, run func() int) int {
	ended := make(chan int, 1)
	go func() { ended <- run() }()
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
	}
	select {
	case code := <-ended:
		return code
	case <-time.After(stopWithin):
		fmt.Fprintf(stderr, "guestflow: a part did not stop within %s and is left behind, such as a file that cannot be read to its end; "+
			"the next start goes on where it was\n", stopWithin)
		return exit.Interrupted
	}
}

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, out, stderr io.Writer) int {
	std := terminal.NewOutput(out, stderr)
	err := dispatch(ctx, args, &std)
	var parse *kong.ParseError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exit.OK
	case errors.As(err, &parse):
		std.Fail(config.ParseError(parse)+"; see guestflow --help", exit.Usage)
		return exit.Usage
	}
	code := exit.Code(err)
	if code != exit.Interrupted || std.JSON {
		std.Fail(operate.Describe(err), code)
	}
	return code
}
