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

// stopWithin is how long a stop may take: longer than that of a worker, and shorter than what systemd, Docker and
// Kubernetes wait before they kill (deploy).
const stopWithin = worker.DefaultGrace + 5*time.Second

// endWithin returns a command's exit code. If the command has not ended some time after a signal, it returns that of an
// interrupt: what hangs in the kernel, such as a read of a lost network share, cannot be cancelled.
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
		fmt.Fprintf(stderr, "guestflow: a part did not stop within %s and was abandoned, such as a read of a file; "+
			"the next start resumes it\n", stopWithin)
		return exit.Interrupted
	}
}

// execute runs a command line and returns its exit code.
func execute(ctx context.Context, args []string, out, stderr io.Writer) int {
	std := terminal.NewOutput(out, stderr)
	err := dispatch(ctx, args, &std)
	var parse *kong.ParseError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exit.OK
	case errors.As(err, &parse):
		std.Fail(config.ParseError(parse)+"; see "+usageHelp(parse), exit.Usage)
		return exit.Usage
	}
	code := exit.Code(err)
	if code != exit.Interrupted || std.JSON {
		std.Fail(operate.Describe(err), code)
	}
	return code
}
