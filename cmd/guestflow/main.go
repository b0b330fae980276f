// Command guestflow turns CSV files of event guests into guests of Qflow, each with the right email, once.
//
// This package is wiring only: flags, configuration, start and stop, one file per command.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/worker"
)

// cli is the command line; kong reads it, with the environment and the configuration file behind it.
type cli struct {
	settings

	Demo      demoCommand      `cmd:"" help:"Show everything in one process: a sample file, a sandbox, a gate that is closed for a while."`
	Import    importCommand    `cmd:"" help:"Import files now."`
	Run       runCommand       `cmd:"" help:"Run the workers, the schedules and sources of profiles and, with --inbox, what is dropped there; until it is stopped."`
	Imports   importsCommand   `cmd:"" help:"List imports."`
	Schedules schedulesCommand `cmd:"" help:"List scheduled imports with their next and last runs, or run one now."`
	Top       topCommand       `cmd:"" help:"Show imports live, what moves fastest first."`
	Status    statusCommand    `cmd:"" help:"Show how far an import is, and why nothing moves."`
	Report    reportCommand    `cmd:"" help:"Write result.csv and rejects.csv of an import."`
	Pause     pauseCommand     `cmd:"" help:"Stop an import until it is resumed."`
	Resume    resumeCommand    `cmd:"" help:"Let a paused import go on."`
	Cancel    cancelCommand    `cmd:"" help:"Stop an import for good."`
	Retry     retryCommand     `cmd:"" help:"Try refused and exhausted rows again; with --unknown also what may have been sent."`
	Parked    parkedCommand    `cmd:"" help:"Show what waits for a gate, and until when."`
	Gate      gateCommand      `cmd:"" help:"Show closed gates, probe one now, or open one."`
	Limits    limitsCommand    `cmd:"" help:"Show the rate limits, or change them while everything runs."`
	Token     tokenCommand     `cmd:"" help:"Show, renew or forget the account's tokens, or sign in with a browser."`
	Webhook   webhookCommand   `cmd:"" help:"Have Qflow report what becomes of emails: show, register, test, rotate or delete its webhook."`
	Doctor    doctorCommand    `cmd:"" help:"Check Redis, clock, credentials, subscription key and comms access."`
	User      userCommand      `cmd:"" help:"Add, remove or list who may log in to the console."`
	Health    healthCommand    `cmd:"" help:"Ask a running process whether it is well; for containers."`
	Sandbox   sandboxCommand   `cmd:"" help:"Run only the local Qflow."`
	Conf      configCommand    `cmd:"" name:"config" help:"Check the configuration and print it with secrets hidden."`

	Completion completionCommand `cmd:"" help:"Print a script by which a shell completes commands, flags and ids of imports."`
	Man        manCommand        `cmd:"" help:"Print the manual page; see it by: guestflow man | man -l -"`
}

const about = `guestflow turns CSV files of event guests into guests of Qflow, each with the right email, once.

Without credentials everything runs against a sandbox. Every flag can be set as GUESTFLOW_<FLAG> in the environment or in
guestflow.yaml. Exit codes: 0 done, 2 usage, 3 the file, 4 Redis, 5 Qflow unreachable, 6 Qflow refuses, 7 some rows want a
person, 8 declined.`

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
		return exitInterrupted
	}
}

// output is where a command writes for people and scripts.
type output struct{ out, err io.Writer }

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, out, stderr io.Writer) int {
	std := safeOutput(out, stderr)
	asJSON, err := dispatch(ctx, args, std)
	var parse *kong.ParseError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return exitOK
	case errors.As(err, &parse):
		complain(std.err, asJSON, withoutValue(parse.Error())+"; see guestflow --help", exitUsage)
		return exitUsage
	}
	code := exitCode(err)
	if code != exitInterrupted || asJSON {
		complain(std.err, asJSON, describe(err), code)
	}
	return code
}

// errHelp ends a command line that only asked for help.
var errHelp = errors.New("help was shown")

// dispatch runs the command, and tells whether its errors are to be JSON too.
func dispatch(ctx context.Context, args []string, std output) (asJSON bool, err error) {
	asJSON = wantsJSON(args)
	if len(args) > 0 && args[0] == askedByShell {
		complete(ctx, args[1:], std.out)
		return asJSON, nil
	}
	file, err := readConfig(args)
	if err != nil {
		return asJSON, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	defer func() {
		if r := recover(); r != nil {
			if r != errHelp { //nolint:errorlint // a panic's value, not a wrapped error
				panic(r)
			}
			err = errHelp
		}
	}()
	c, parsed, err := read(args, file, std)
	if err != nil {
		return asJSON, err
	}
	c.settings.accounts = accounts{names: file.accounts(), as: func(name string) (*settings, error) {
		other, _, err := parse(args, file.seenFrom(name), std)
		if err != nil {
			return nil, err
		}
		return &other.settings, nil
	}}
	c.exposed = file.exposed(parsed.Flags())
	for _, f := range c.exposed {
		c.logger(false).Warn("a file with a secret is open to others", "setting", f.setting, "file", f.path, "do", "chmod o-rwx "+f.path)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return c.JSON, parsed.Run(&c.settings, std)
}

// read reads the command line as the account has it that it names.
func read(args []string, file *fileConfig, std output) (*cli, *kong.Context, error) {
	c, parsed, err := parse(args, file, std)
	if err != nil || !slices.Contains(file.accounts(), c.Account) {
		return c, parsed, err
	}
	return parse(args, file.seenFrom(c.Account), std) // it has settings of its own
}

// parse reads the command line as the configuration file, and the account whose view that is, has it.
func parse(args []string, file *fileConfig, std output) (*cli, *kong.Context, error) {
	var c cli
	parser, err := newParser(&c, file, std)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return nil, nil, err
	}
	c.profiles = file.profiles
	return &c, parsed, c.finish()
}

func newParser(c *cli, file *fileConfig, std output) (*kong.Kong, error) {
	parser, err := kong.New(c, kong.Name("guestflow"), kong.Description(about), kong.DefaultEnvars("GUESTFLOW"),
		kong.Resolvers(file), kong.Writers(std.out, std.err), kong.Exit(func(int) { panic(errHelp) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		return nil, fmt.Errorf("read the command line: %w", err)
	}
	return parser, nil
}
