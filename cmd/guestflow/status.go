package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

type statusCommand struct {
	watchedFolder

	ID    string `arg:"" optional:"" help:"Import, or a file that waits; default is the newest import, and with --watch all that run."`
	Watch bool   `help:"Go on showing it, live on a terminal; with --json one overview a line." short:"w"`

	terminal.Watcher
}

// status is what the command prints, with --json in this shape.
type status struct {
	ledger.Import
	Gates   []gate.Closed `json:"closed_gates"`
	Workers int           `json:"workers"`
	Waiting string        `json:"waiting,omitempty"`

	WaitingFiles operate.WaitingFiles `json:"waiting_files"`       // of the account
	Held         string               `json:"held_file,omitempty"` // the file that waits for an answer about rows of the import
	LeftOut      operate.LeftOut      `json:"left_out,omitzero"`

	Window *operate.Window `json:"window,omitempty"` // when its emails leave
	Token  string          `json:"token,omitempty"`  // what is odd about the account's tokens
	SignIn *operate.SignIn `json:"sign_in,omitempty"`

	Releasing bool `json:"releasing,omitempty"` // its parked rows are being released

	heldText string
	events   qflow.EventNames
}

func (c *statusCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	if c.Watch {
		return watch(ctx, s, std, &c.Watcher, c.ID, terminal.Overview)
	}
	err := program.WithImport(ctx, s, c.ID, func(a *program.Account) error { return c.status(ctx, a, std) })
	if c.ID != "" && errors.Is(err, ledger.ErrNotFound) { // perhaps it waits
		return c.waiting(ctx, s, std, err)
	}
	return err
}

// waiting shows why a file waits, by its id or that of the import that it will be; none is the error if there is none.
func (c *statusCommand) waiting(ctx context.Context, s *config.Settings, std terminal.Output, none error) error {
	var found []waitingFile
	all := func(*config.Settings) bool { return true }
	err := program.WithEach(ctx, s, all, func(accounts []*program.Account) error {
		for _, a := range accounts {
			all, err := c.places(ctx, a)
			if err != nil {
				return err
			}
			for _, i := range all.Spools.Waiting(ctx) {
				if i.ID == c.ID || i.Plan != nil && i.Plan.Import == c.ID {
					found = append(found, waitingOf(i, a))
				}
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		return none
	case std.JSON:
		return std.Encode(found[0])
	}
	return printWaiting(found[:1], true, std)
}

func (c *statusCommand) status(ctx context.Context, a *program.Account, std terminal.Output) error {
	a.OpenTokens()
	imp, err := a.Find(ctx, c.ID)
	if err != nil {
		return firstSignIn(ctx, a, c.ID, err)
	}
	st := status{Import: imp, events: a.Settings.Events()}
	if st.Gates, err = a.Gates.Closed(ctx); err != nil {
		return err
	}
	st.Gates = terminal.List(st.Gates)
	if st.Workers, err = a.Operate().Workers(ctx); err != nil {
		return err
	}
	now, err := a.Ledger.Now(ctx)
	if err != nil {
		return err
	}
	if err := c.files(ctx, a, &st); err != nil {
		return err
	}
	st.Window = operate.WindowOf(imp, now)
	if st.Releasing, err = a.Operate().Releasing(ctx, imp); err != nil {
		return err
	}
	if !imp.Done() {
		st.Waiting = a.Operate().Stall(ctx, imp)
		st.Token = a.TokenNote(ctx)
	}
	if st.SignIn, err = a.Operate().SignIn(ctx); err != nil {
		return err
	}
	if std.JSON {
		err = std.Encode(st)
	} else {
		err = printStatus(st, std)
	}
	if err == nil && st.SignIn != nil {
		return &exit.SignInError{SignIn: *st.SignIn}
	}
	return err
}

// firstSignIn is the error of an account of which there is nothing to show: that it cannot sign in is more than that it
// has no imports yet.
func firstSignIn(ctx context.Context, a *program.Account, id string, none error) error {
	if id != "" || !errors.Is(none, ledger.ErrNotFound) {
		return none
	}
	if s, err := a.Operate().SignIn(ctx); err == nil && s != nil {
		return &exit.SignInError{SignIn: *s}
	}
	return none
}

// files sets what waits, of the import and of the account.
func (c *statusCommand) files(ctx context.Context, a *program.Account, st *status) (err error) {
	op := c.operate(a)
	if st.WaitingFiles, err = op.WaitingFiles(ctx); err != nil {
		return err
	}
	var waiting []spool.Item
	if st.WaitingFiles != (operate.WaitingFiles{}) {
		all, err := op.Places(ctx, op.Spools)
		if err != nil {
			return err
		}
		waiting = all.Spools.Waiting(ctx)
	}
	if st.LeftOut, err = op.LeftOut(ctx, st.Import, waiting); err != nil {
		return err
	}
	for _, i := range waiting {
		if i.PartOf() == st.ID {
			st.Held = i.ID
			st.heldText = i.SoFar()
		}
	}
	if todo := st.LeftOut.ToDo(); todo != "" {
		st.heldText = strings.TrimSpace(st.heldText + " " + todo)
	}
	return nil
}

func printStatus(st status, std terminal.Output) error {
	t := std.Table()
	if st.SignIn != nil {
		terminal.Printf(t, "sign-in\tfails since %s: %s\nto do\t%s\n", st.SignIn.Since.Local().Format(time.DateTime),
			st.SignIn.Text,
			st.SignIn.ToDo)
	}
	terminal.Printf(t, "import\t%s\nsource\t%s\nstarted\t%s\n", st.ID, st.Source, st.Started.Local().Format(time.DateTime))
	if st.Event != "" {
		terminal.Printf(t, "event\t%s\n", st.events.Text(st.Event))
	}
	if st.Stopped != "" {
		terminal.Printf(t, "stopped\t%s\n", st.Stopped)
	}
	if st.Done() {
		terminal.Printf(t, "finished\t%s\n", st.Finished.Local().Format(time.DateTime))
	}
	if st.Where != "" {
		terminal.Printf(t, "where\t%s\n", st.Where)
	}
	terminal.Printf(t, "rows\t%d\n", st.Rows)
	for _, s := range advice.Shares(st.Counts, st.Releasing) {
		terminal.Printf(t, "  %s\t%d\n", s.Name, s.Rows)
	}
	if texts := st.LeftOut.Texts(); len(texts) > 0 {
		terminal.Printf(t, "left out\t%s\n", strings.Join(texts, ", "))
	}
	terminal.Printf(t, "workers\t%d\n", st.Workers)
	if st.Window != nil {
		terminal.Printf(t, "window\t%s\n", st.Window.Text())
	}
	for _, g := range st.Gates {
		terminal.Printf(t, "gate\t%s is closed since %s (%s); probes so far: %d, next %s\n", g.Name().Title(st.events),
			g.Since.Local().Format(time.DateTime), g.Code, g.Probes, g.NextProbe.Local().Format(time.TimeOnly))
	}
	if st.Waiting != "" {
		terminal.Printf(t, "why\t%s\n", st.Waiting)
	}
	if st.heldText != "" {
		terminal.Printf(t, "held\t%s\n", st.heldText)
	}
	if st.Token != "" {
		fmt.Fprintf(t, "tokens\t%s\n", st.Token)
	}
	if text := st.WaitingFiles.Text(); text != "" {
		terminal.Printf(t, "files\t%s\n", text)
	}
	return t.Flush()
}

// watch shows the accounts, or only one import and until that is over.
func watch(ctx context.Context, s *config.Settings, std terminal.Output, w *terminal.Watcher, only string,
	draw terminal.Layout) error {
	do := func(apps []*program.Account) error {
		watches := make([]*operate.Watcher, len(apps))
		for i, a := range apps {
			if err := a.Connect(nil); err != nil { // for the token's health; nothing is asked of Qflow
				return err
			}
			watches[i] = operate.NewWatcher(a.Operate())
		}
		return w.Show(ctx, std, watches, only, draw)
	}
	if only != "" {
		return program.WithImport(ctx, s, only, func(a *program.Account) error { return do([]*program.Account{a}) })
	}
	return program.WithEach(ctx, s, func(*config.Settings) bool { return true }, do)
}
