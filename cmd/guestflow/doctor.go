package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/plural"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/gate"
)

type doctorCommand struct {
	Event string `help:"Event to ask Qflow about."`
}

// finding is one line of a diagnosis.
type finding struct {
	Check  string `json:"check"`
	Result string `json:"result"` // ok, warning, failed
	Text   string `json:"text"`
	err    error
}

// Run checks everything and says what to do; the exit code is that of the first failure.
func (c *doctorCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	opened := false
	err := program.With(ctx, s, func(a *program.Account) error {
		opened = true
		return c.check(ctx, a, std)
	})
	if !opened && (errors.Is(err, store.ErrUnreachable) || errors.Is(err, store.ErrMisconfigured)) {
		return printFindings([]finding{failure("store", err)}, std)
	}
	return err
}

func (c *doctorCommand) check(ctx context.Context, a *program.Account, std terminal.Output) error {
	if err := a.Connect(nil); err != nil {
		return err
	}
	findings := append(checkStore(ctx, a), checkToken(ctx, a)...)
	if last := findings[len(findings)-1]; last.err == nil {
		findings = append(findings, checkQflow(ctx, a, c.event(a)))
	}
	findings = append(findings, checkGates(ctx, a))
	for _, f := range a.Settings.Exposed {
		findings = append(findings, warning("files", f.String()))
	}
	return printFindings(findings, std)
}

// printFindings prints the findings; the first failure decides how the command ends.
func printFindings(findings []finding, std terminal.Output) error {
	if std.JSON {
		if err := std.Encode(findings); err != nil {
			return fmt.Errorf("print the findings: %w", err)
		}
	}
	var failed error
	for _, f := range findings {
		if !std.JSON {
			terminal.Printf(std.Out, "%-8s %-18s %s\n", f.Result, f.Check, f.Text)
		}
		if failed == nil {
			failed = f.err
		}
	}
	return failed
}

func (c *doctorCommand) event(a *program.Account) string {
	if c.Event == "" && !a.Live() {
		return sandbox.Defaults().EventID
	}
	return a.Settings.Events().ID(c.Event)
}

func ok(check, text string) finding { return finding{Check: check, Result: "ok", Text: text} }

func warning(check, text string) finding { return finding{Check: check, Result: "warning", Text: text} }

func failure(check string, err error) finding {
	return finding{Check: check, Result: "failed", Text: operate.Describe(err), err: err}
}

// checkStore returns what the store finds out about itself.
func checkStore(ctx context.Context, a *program.Account) (findings []finding) {
	for _, r := range a.Store.Diagnose(ctx, a.Settings.RedisReplicas) {
		switch {
		case r.Err != nil:
			findings = append(findings, failure(r.Check, r.Err))
		case r.Warning:
			findings = append(findings, warning(r.Check, r.Text))
		default:
			findings = append(findings, ok(r.Check, r.Text))
		}
	}
	return findings
}

// checkToken signs in, if there is no token that serves. One that serves does not hide that the next sign-in will fail.
func checkToken(ctx context.Context, a *program.Account) (findings []finding) {
	token, err := a.Tokens.Token(ctx)
	signIn, unknown := a.Operate().SignIn(ctx)
	switch {
	case unknown != nil:
		findings = append(findings, failure("sign-in", unknown))
	case signIn != nil && err == nil:
		findings = append(findings, failure("sign-in", &exit.SignInError{SignIn: *signIn}))
	}
	switch {
	case err != nil && signIn != nil && signIn.Refused: // it says what was refused, where this process was only told to wait
		return append(findings, failure("identity", &exit.SignInError{SignIn: *signIn}))
	case err != nil:
		return append(findings, failure("identity", err))
	}
	return append(findings,
		ok("identity", fmt.Sprintf("a token, valid until %s", token.Expiry.Local().Format(time.DateTime))))
}

// checkQflow makes the one call that concerns no guest. Without an event, any answer but a wrong key shows that Qflow
// can be used.
func checkQflow(ctx context.Context, a *program.Account, event string) finding {
	list, out, err := a.Operate().Templates(ctx, event)
	switch {
	case err != nil:
		return failure("qflow", err)
	case out.Kind == qflow.Accepted:
		return ok("qflow", fmt.Sprintf("key and comms access are valid; the event has %s", plural.Of(len(list), "template")))
	case out.Kind == qflow.GateClosed:
		return warning("qflow", gate.Meaning(out.Gate))
	case out.Kind == qflow.Refused && event == "":
		return ok("qflow", "it answers; name an event with --event to see its templates")
	}
	return failure("qflow", fmt.Errorf("ask for templates: %w", out.Err()))
}

func checkGates(ctx context.Context, a *program.Account) finding {
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return failure("gates", err)
	}
	if len(closed) == 0 {
		return ok("gates", "all open")
	}
	return warning("gates",
		fmt.Sprintf("the %s is closed since %s: %s", closed[0].Name().Title(a.Settings.Events()),
			closed[0].Since.Local().Format(time.DateTime), closed[0].Meaning()))
}
