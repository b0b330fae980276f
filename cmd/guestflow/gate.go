package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

type gateCommand struct {
	Show  gateShow  `cmd:"" default:"1" help:"Show closed gates and what waits behind them."`
	Probe gateProbe `cmd:"" help:"Probe now instead of when it is due."`
	Open  gateOpen  `cmd:"" help:"Treat a gate as open and release what waits for it; it closes again at the first refusal."`
}

type gateShow struct{}

func (gateShow) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		closed, err := a.Gates.Closed(ctx)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(explained(closed))
		}
		if len(closed) == 0 {
			terminal.PrintLine(std.Out, "All gates are open.")
			return nil
		}
		t := std.Table()
		fmt.Fprintln(t, "GATE\tSINCE\tPROBES\tNEXT\tMEANING")
		for _, g := range closed {
			terminal.Printf(t, "%s\t%s\t%d\t%s\t%s\n", g.Gate, g.Since.Local().Format(time.DateTime), g.Probes,
				g.NextProbe.Local().Format(time.TimeOnly), g.Meaning())
		}
		if err := t.Flush(); err != nil {
			return err
		}
		for _, g := range closed {
			terminal.Printf(std.Out, "\nThe %s: %s\n", g.Name().Title(s.Events()), evidence(g))
		}
		return nil
	})
}

// evidence says what closed a gate. Operators of the command line may see guests' data, so Qflow's own words are shown.
func evidence(g gate.Closed) string {
	text := "Qflow said: " + cmp.Or(g.Detail, g.Code, "nothing that was recorded")
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

func (c *gateProbe) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		g := qflow.Gate(c.Gate)
		err := a.Operate().Probe(ctx, cliActor(), g)
		result := ""
		if err == nil {
			result, err = a.Operate().ProbeResult(ctx, g)
		}
		return gateResult(std, "probe", c.Gate, err, result)
	})
}

type gateOpen struct {
	Gate string `arg:"" enum:"trust,comms,plan,auth,send" help:"trust, comms, plan, auth or send."`
}

func (c *gateOpen) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		err := a.Operate().OpenGate(ctx, cliActor(), qflow.Gate(c.Gate))
		return gateResult(std, "open", c.Gate, err, "It is treated as open; what waits is sent within seconds.")
	})
}

// gateDone is what gate probe and gate open print with --json.
type gateDone struct {
	Done   string `json:"done"`
	Gate   string `json:"gate"`
	Closed bool   `json:"was_closed"` // otherwise there was nothing to do
	Result string `json:"result,omitempty"`
}

// gateResult prints what probe or open did; err may say that the gate was open.
func gateResult(std terminal.Output, what, name string, err error, done string) error {
	open := operate.IsRefused(err)
	if open {
		done, err = "It is open already.", nil
	}
	if err != nil {
		return err
	}
	return std.Result(gateDone{what, name, !open, done}, "The %s gate: %s", name, done)
}
