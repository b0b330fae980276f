package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

// wantsJSON reports whether a command line asks for JSON, also one that cannot be parsed.
func wantsJSON(args []string) bool {
	for _, a := range args {
		switch a {
		case "--json", "--json=true":
			return true
		case "--json=false":
			return false
		}
	}
	is, _ := strconv.ParseBool(os.Getenv("GUESTFLOW_JSON"))
	return is
}

// cli is the command line; kong reads it, with the environment and the configuration file behind it.
type cli struct {
	config.Settings

	Demo      demoCommand      `cmd:"" help:"Show everything in one process: a sample file, a sandbox, a gate that is closed for a while."`
	Import    importCommand    `cmd:"" help:"Import files now."`
	Run       runCommand       `cmd:"" help:"Run workers, schedules, sources and, with --inbox, the watched folder, until it is stopped."`
	Waiting   waitingCommand   `cmd:"" help:"List files that wait for an answer, for approval or for their start time."`
	Approve   approveCommand   `cmd:"" help:"Have a file imported that waits, with the answer to its question if it has one."`
	Hold      holdCommand      `cmd:"" help:"Have a file wait for approval of which nothing was imported yet."`
	Discard   discardCommand   `cmd:"" help:"Remove a file that waits: also within the time in which its import can be taken back."`
	Imports   importsCommand   `cmd:"" help:"List imports."`
	Templates templatesCommand `cmd:"" help:"List an event's templates; show the email of a row, or send it to an address of your own."`
	Guest     guestCommand     `cmd:"" help:"Find a guest in all imports."`
	Schedules schedulesCommand `cmd:"" help:"List scheduled imports with their next and last runs, or run one now."`
	Top       topCommand       `cmd:"" help:"Show imports live, the fastest first."`
	Status    statusCommand    `cmd:"" help:"Show the state of an import, and why nothing moves."`
	Report    reportCommand    `cmd:"" help:"Write result.csv and rejects.csv of an import."`
	Pause     pauseCommand     `cmd:"" help:"Pause an import until it is resumed."`
	Resume    resumeCommand    `cmd:"" help:"Resume a paused import."`
	Cancel    cancelCommand    `cmd:"" help:"Cancel an import for good."`
	Window    windowCommand    `cmd:"" help:"Show the hours in which an import's emails leave, or change them."`
	Retry     retryCommand     `cmd:"" help:"Try refused and exhausted rows again; with --unknown also what may have been sent."`
	Suppress  suppressCommand  `cmd:"" help:"Show how many addresses are not mailed any more, add or check some, or lift one."`
	Reconcile reconcileCommand `cmd:"" help:"Compare the guests that Qflow lists of an event with those that imports have created."`
	Erase     eraseCommand     `cmd:"" help:"Remove what is kept of a person, by email address; says what it could not remove."`
	Resend    resendCommand    `cmd:"" help:"Send the emails of some rows of an import again."`
	Parked    parkedCommand    `cmd:"" help:"Show what waits for a gate, and its next probe."`
	Gate      gateCommand      `cmd:"" help:"Show closed gates, probe one now, or open one."`
	Limits    limitsCommand    `cmd:"" help:"Show the rate limits, or change them while everything runs."`
	Token     tokenCommand     `cmd:"" help:"Show, renew or forget the account's tokens, or sign in with a browser."`
	Webhook   webhookCommand   `cmd:"" help:"Have Qflow report on emails: show, register, test, rotate or delete its webhook."`
	Doctor    doctorCommand    `cmd:"" help:"Check Redis, clock, credentials, subscription key and comms access."`
	User      userCommand      `cmd:"" help:"Add, remove or list the users of the console."`
	APIToken  apiTokenCommand  `cmd:"" name:"api-token" help:"Make, list or revoke the tokens by which programs use the HTTP API."`
	Health    healthCommand    `cmd:"" help:"Ask a running process for its health; for containers."`
	Sandbox   sandboxCommand   `cmd:"" help:"Run only the local Qflow."`
	Conf      configCommand    `cmd:"" name:"config" help:"Check the configuration and print it with secrets hidden."`

	Completion completionCommand `cmd:"" help:"Print a script with which a shell completes commands, flags and ids of imports."`
	Man        manCommand        `cmd:"" help:"Print the manual page; see it by: guestflow man | man -l -"`

	Help    helpCommand    `cmd:"" help:"Print the help of a command, or all settings."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

const about = `guestflow turns CSV files of event guests into guests of Qflow, each with the right email, once.

Without credentials everything runs against a sandbox. Every flag can be set as GUESTFLOW_<FLAG> in the environment or in
guestflow.yaml, and there is more: guestflow config --keys lists all settings. Exit codes: 0 done, 2 usage, 3 the file, 4 Redis, 5 Qflow unreachable, 6 Qflow refuses, 7 some rows need
attention, 8 declined.`

// errHelp ends a command line that asked for help.
var errHelp = errors.New("help was shown")

// dispatch runs the command. It sets whether std prints JSON, also for the error that it returns.
func dispatch(ctx context.Context, args []string, std *terminal.Output) (err error) {
	std.JSON = wantsJSON(args)
	if len(args) > 0 && args[0] == completeCommand {
		complete(ctx, args[1:], std.Out)
		return nil
	}
	file, err := config.ReadFile(args)
	if err != nil {
		return err
	}
	args = helpArgs(args)
	defer func() {
		if r := recover(); r != nil {
			if r != errHelp { //nolint:errorlint // a panic's value, not a wrapped error
				panic(r)
			}
			err = errHelp
		}
	}()
	c, parsed, err := read(args, file, *std)
	if err != nil {
		return err
	}
	c.SetAccounts(file.Accounts(), func(name string) (*config.Settings, error) {
		other, _, err := parse(args, file.SeenFrom(name), *std)
		if err != nil {
			return nil, err
		}
		return &other.Settings, nil
	})
	c.Exposed = file.Exposed(parsed.Flags())
	for _, f := range c.Exposed {
		c.Logger(false).Warn("a file with a secret is open to others", "setting", f.Setting, "file", f.Path, "do",
			"chmod o-rwx "+f.Path)
	}
	for _, key := range c.ZeroLimits {
		c.Logger(false).Warn("0 is read as no limit, as before; write the word none, for 0 could also mean that nothing is sent", "setting", key)
	}
	for _, name := range config.UnknownVariables(parsed.Model, os.Environ()) {
		c.Logger(false).Warn("a variable is not one of guestflow's and is ignored; see guestflow help settings", "variable",
			name)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	std.JSON = c.JSON
	end := onSandbox(&c.Settings, parsed, *std)
	err = parsed.Run(&c.Settings, *std)
	if err == nil || needsAttention(err) {
		end()
	}
	return err
}

// read parses the command line with the settings of the account that it names.
func read(args []string, file *config.File, std terminal.Output) (*cli, *kong.Context, error) {
	c, parsed, err := parse(args, file, std)
	if err != nil || !slices.Contains(file.Accounts(), c.Account) {
		return c, parsed, err
	}
	return parse(args, file.SeenFrom(c.Account), std) // the account has settings of its own
}

// parse parses the command line over the configuration file.
func parse(args []string, file *config.File, std terminal.Output) (*cli, *kong.Context, error) {
	var c cli
	parser, err := newParser(&c, file, std)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return nil, nil, err
	}
	if err := config.RefuseKeys(parsed); err != nil {
		return nil, nil, err
	}
	if err := c.ReadLimits(func(flag string) bool { return config.Typed(parsed, flag) }); err != nil {
		return nil, nil, err
	}
	c.Profiles, c.File = file.Profiles, file
	return &c, parsed, c.Finish()
}

func newParser(c *cli, file *config.File, std terminal.Output) (*kong.Kong, error) {
	parser, err := kong.New(c, kong.Name("guestflow"), kong.Description(about), kong.DefaultEnvars("GUESTFLOW"),
		kong.Resolvers(file), kong.Writers(std.Out, std.Err), kong.Exit(func(int) { panic(errHelp) }),
		kong.Help(printHelp), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		return nil, fmt.Errorf("read the command line: %w", err)
	}
	config.HideKeys(parser.Model)
	return parser, nil
}
