package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/visible"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

type pauseCommand struct {
	ID string `arg:"" help:"Import."`
}

func (c *pauseCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.withImport(ctx, c.ID, func(a *app) error {
		return a.steer(ctx, operate.Pause, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s is paused; %s. Go on with: guestflow resume %s", imp.ID, story, imp.ID)
		})
	})
}

type resumeCommand struct {
	ID string `arg:"" help:"Import."`
}

func (c *resumeCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.withImport(ctx, c.ID, func(a *app) error {
		return a.steer(ctx, operate.Resume, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s goes on: %s.", imp.ID, story)
		})
	})
}

type cancelCommand struct {
	ID  string `arg:"" help:"Import."`
	Yes bool   `help:"Do not ask." short:"y"`
}

func (c *cancelCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.steer(ctx, c.ID, operate.Cancel, func(a *app, imp ledger.Import) error {
		question := fmt.Sprintf("Cancel %d rows of import %s for good? What was sent stays sent.", imp.Counts.Open(), imp.ID)
		if err := ask(ctx, std, question, c.Yes); err != nil {
			return err
		}
		return a.steer(ctx, operate.Cancel, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s is cancelled: %s. %s", imp.ID, story, anew(imp.Source))
		})
	})
}

// anew says how a file gets imported whose import is over for good.
func anew(path string) string {
	return fmt.Sprintf("To import it anew: guestflow import %s --again", path)
}

type retryCommand struct {
	ID      string `arg:"" help:"Import."`
	Unknown bool   `help:"Also send again what may have been sent already. Some guests may get a second email."`
	Yes     bool   `help:"Do not ask." short:"y"`
}

func (c *retryCommand) Run(ctx context.Context, s *settings, std output) error {
	verb := operate.Retry
	if c.Unknown {
		verb = operate.RetryUnknown
	}
	return s.steer(ctx, c.ID, verb, func(a *app, imp ledger.Import) error {
		if n := imp.Counts[ledger.Unknown]; c.Unknown && n > 0 {
			if err := a.listUnknown(ctx, imp, std); err != nil {
				return err
			}
			if err := ask(ctx, std, fmt.Sprintf("Send these %d emails, which may have been sent already, again?", n), c.Yes); err != nil {
				return err
			}
		}
		return a.steer(ctx, verb, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s: %s.", imp.ID, story)
		})
	})
}

// steered is what pause, resume, cancel and retry print with --json: what was done, and the import as it is then.
type steered struct {
	Done  operate.Verb `json:"done"`
	Story string       `json:"story"`
	ledger.Import
}

func (a *app) steer(ctx context.Context, v operate.Verb, id string, std output, told func(imp ledger.Import, story string) string) error {
	story, err := a.account().Steer(ctx, cliActor(), v, id, math.MaxInt) // whoever types a command has been asked
	if err != nil {
		return err
	}
	imp, err := a.ledger.Import(ctx, id)
	if err != nil {
		return err
	}
	return a.settings.tell(std, steered{v, story, imp}, "%s", told(imp, story))
}

// listUnknown shows which rows a person decides about, and why they are unknown.
func (a *app) listUnknown(ctx context.Context, imp ledger.Import, std output) error {
	return a.ledger.EachWindow(ctx, imp.ID, func(first int, marks []ledger.RowByte) error {
		var rows []int
		for i, m := range marks {
			if m.State() == ledger.Unknown {
				rows = append(rows, first+i)
			}
		}
		reasons, err := a.ledger.Reasons(ctx, imp.ID, rows)
		for i, why := range reasons {
			printf(a.settings.aside(std), "row %d, line %d: %s\n", rows[i], why.Line, why)
		}
		return err
	})
}

// steer finds the import that a command is about, and refuses what cannot be done before anything is asked.
func (s *settings) steer(ctx context.Context, id string, v operate.Verb, do func(*app, ledger.Import) error) error {
	return s.withImport(ctx, id, func(a *app) error {
		imp, err := a.ledger.Import(ctx, id)
		if err == nil {
			err = v.Allowed(imp)
		}
		if err != nil {
			return err
		}
		return do(a, imp)
	})
}

// cliActor is who types commands, for the audit trail.
func cliActor() operate.Actor {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return operate.Actor{Name: name, Via: "command"}
}

// ask wants a yes from the terminal, or from a flag.
func ask(ctx context.Context, std output, question string, yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		printLine(std.err, question)
		return fmt.Errorf("%w; add --yes to say it without a terminal", errDeclined)
	}
	fmt.Fprint(std.err, visible.Line(question)+" [y/N] ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case line := <-answer:
		if line == "y" || line == "yes" {
			return nil
		}
	}
	return errDeclined
}

type gateCommand struct {
	Show  gateShow  `cmd:"" default:"1" help:"Show closed gates and what waits behind them."`
	Probe gateProbe `cmd:"" help:"Have the next probe now, instead of when it is due."`
	Open  gateOpen  `cmd:"" help:"Take a gate for open and release what waits; it closes again at the first refusal."`
}

type gateShow struct{}

func (gateShow) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error {
		closed, err := a.gates.Closed(ctx)
		if err != nil {
			return err
		}
		if s.JSON {
			return json.NewEncoder(std.out).Encode(explained(closed))
		}
		if len(closed) == 0 {
			printLine(std.out, "All gates are open.")
			return nil
		}
		t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "GATE\tSINCE\tPROBES\tNEXT\tMEANING")
		for _, g := range closed {
			printf(t, "%s\t%s\t%d\t%s\t%s\n", g.Gate, g.Since.Local().Format(time.DateTime), g.Probes, g.NextProbe.Local().Format(time.TimeOnly), g.Meaning())
		}
		if err := t.Flush(); err != nil {
			return err
		}
		for _, g := range closed {
			printf(std.out, "\nThe %s: %s\n", g.Name().Title(), evidence(g))
		}
		return nil
	})
}

// evidence says how a gate was found closed. Who may use this command may see guests' data, so that Qflow's own words are shown.
func evidence(g gate.Closed) string {
	text := "Qflow said: " + cmp.Or(g.Detail, g.Code, "nothing that was kept")
	if g.Import != "" {
		text += fmt.Sprintf("; to a row of import %s (guestflow status %s)", g.Import, g.Import)
	}
	if g.LastAnswer != "" {
		text += "; the last probe: " + g.LastAnswer
	}
	return text
}

// closedGate is what gate prints with --json, in a list.
type closedGate struct {
	gate.Closed
	Meaning string `json:"meaning"`
}

func explained(closed []gate.Closed) []closedGate {
	list := make([]closedGate, len(closed))
	for i, g := range closed {
		list[i] = closedGate{g, g.Meaning()}
	}
	return list
}

type gateProbe struct {
	Gate string `arg:"" enum:"trust,comms,plan,auth,send" help:"trust, comms, plan, auth or send."`
}

func (c *gateProbe) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error {
		g := qflow.Gate(c.Gate)
		err := a.account().Probe(ctx, cliActor(), g)
		came := ""
		if err == nil {
			came, err = a.account().ProbeResult(ctx, g)
		}
		return s.tellGate(std, "probe", c.Gate, err, came)
	})
}

type gateOpen struct {
	Gate string `arg:"" enum:"trust,comms,plan,auth,send" help:"trust, comms, plan, auth or send."`
}

func (c *gateOpen) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error {
		err := a.account().OpenGate(ctx, cliActor(), qflow.Gate(c.Gate))
		return s.tellGate(std, "open", c.Gate, err, "It is taken for open; what waits goes out within seconds.")
	})
}

// gateDone is what gate probe and gate open print with --json.
type gateDone struct {
	Done   string `json:"done"`
	Gate   string `json:"gate"`
	Closed bool   `json:"was_closed"` // otherwise there was nothing to do
	Came   string `json:"result,omitempty"`
}

func (s *settings) tellGate(std output, what, name string, err error, done string) error {
	open := operate.IsRefused(err)
	if open {
		done, err = "It is open already.", nil
	}
	if err != nil {
		return err
	}
	return s.tell(std, gateDone{what, name, !open, done}, "The %s gate: %s", name, done)
}
