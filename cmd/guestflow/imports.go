package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

type importsCommand struct {
	Limit *int          `help:"How many, the newest first; 20 by default, or all with --since."`
	Since time.Duration `help:"Only those that were begun in the last such time, such as 24h."`
}

func (c *importsCommand) Run(ctx context.Context, s *settings, std output) error {
	return s.with(ctx, func(a *app) error { return c.list(ctx, a, std) })
}

func (c *importsCommand) list(ctx context.Context, a *app, std output) error {
	list, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	if a.settings.JSON {
		return json.NewEncoder(std.out).Encode(some(list))
	}
	if len(list) == 0 {
		printLine(std.out, c.none(a.settings.account()))
		return nil
	}
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTARTED\tROWS\tOPEN\tPARKED\tATTENTION\tSOURCE")
	for _, i := range list {
		printf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", i.ID, i.Started.Local().Format(time.DateTime), i.Rows,
			i.Counts.Open(), i.Counts.Parked(), i.Counts.Attention(), i.Source)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	halfWay, err := a.account().Interrupted(ctx, list)
	for _, i := range list {
		if why := halfWay[i.ID]; why != "" {
			printf(std.out, "Import %s: %s.\n", i.ID, why)
		}
	}
	return err
}

// find lists all imports of a time that is asked for, unless a number is asked for too.
func (c *importsCommand) find(ctx context.Context, a *app) ([]ledger.Import, error) {
	limit := 20 // a screen
	switch {
	case c.Limit != nil:
		limit = *c.Limit
	case c.Since > 0:
		limit = 0
	}
	list, err := a.ledger.Imports(ctx, limit)
	if c.Since > 0 {
		list = slices.DeleteFunc(list, func(i ledger.Import) bool { return time.Since(i.Started) > c.Since })
	}
	return list, err
}

func (c *importsCommand) none(account string) string {
	if c.Since <= 0 {
		return fmt.Sprintf("No imports of account %s yet.", account)
	}
	return fmt.Sprintf("No import of account %s was begun in the last %s, that is since %s.", account, c.Since, time.Now().Add(-c.Since).Format(time.DateTime))
}

type statusCommand struct {
	ID    string `arg:"" optional:"" help:"Import; default is the newest, and with --watch all that run."`
	Watch bool   `help:"Go on showing it, live on a terminal; with --json one overview a line." short:"w"`

	watching
}

// status is what the command prints, with --json in this shape.
type status struct {
	ledger.Import
	Gates   []gate.Closed `json:"closed_gates"`
	Workers int           `json:"workers"`
	Waiting string        `json:"waiting,omitempty"`
	Token   string        `json:"token,omitempty"` // what is odd about the account's tokens
}

func (c *statusCommand) Run(ctx context.Context, s *settings, std output) error {
	if c.Watch {
		return c.watch(ctx, s, std, c.ID, picture)
	}
	return s.withImport(ctx, c.ID, func(a *app) error { return c.status(ctx, a, std) })
}

func (c *statusCommand) status(ctx context.Context, a *app, std output) error {
	imp, err := a.find(ctx, c.ID)
	if err != nil {
		return err
	}
	a.seeTokens()
	st := status{Import: imp}
	if st.Gates, err = a.gates.Closed(ctx); err != nil {
		return err
	}
	st.Gates = some(st.Gates)
	if st.Workers, err = a.account().Workers(ctx); err != nil {
		return err
	}
	if !imp.Done() {
		st.Waiting = a.account().Stall(ctx, imp)
		st.Token = a.tokenNote(ctx)
	}
	if a.settings.JSON {
		return json.NewEncoder(std.out).Encode(st)
	}
	return printStatus(st, std)
}

func printStatus(st status, std output) error {
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	printf(t, "import\t%s\nsource\t%s\nstarted\t%s\n", st.ID, st.Source, st.Started.Local().Format(time.DateTime))
	if st.Stopped != "" {
		printf(t, "stopped\t%s\n", st.Stopped)
	}
	if st.Done() {
		printf(t, "finished\t%s\n", st.Finished.Local().Format(time.DateTime))
	}
	printf(t, "rows\t%d\n", st.Rows)
	for _, s := range ledger.AllStates() {
		if n := st.Counts[s]; n > 0 {
			printf(t, "  %s\t%d\n", s, n)
		}
	}
	printf(t, "workers\t%d\n", st.Workers)
	for _, g := range st.Gates {
		printf(t, "gate\t%s is closed since %s (%s); probes so far: %d, next %s\n", g.Name().Title(),
			g.Since.Local().Format(time.DateTime), g.Code, g.Probes, g.NextProbe.Local().Format(time.TimeOnly))
	}
	if st.Waiting != "" {
		printf(t, "why\t%s\n", st.Waiting)
	}
	if st.Token != "" {
		fmt.Fprintf(t, "tokens\t%s\n", st.Token)
	}
	return t.Flush()
}

// find gives an import by id, or the newest.
func (a *app) find(ctx context.Context, id string) (ledger.Import, error) {
	if id != "" {
		return a.ledger.Import(ctx, id)
	}
	list, err := a.ledger.Imports(ctx, 1)
	if err != nil {
		return ledger.Import{}, err
	}
	if len(list) == 0 {
		return ledger.Import{}, fmt.Errorf("account %s: %w yet", a.settings.account(), ledger.ErrNotFound)
	}
	return list[0], nil
}

// print shows an enqueued import as JSON, for scripts.
func (a *app) print(std output, id string) error {
	if !a.settings.JSON {
		return nil
	}
	imp, err := a.ledger.Import(context.Background(), id)
	if err != nil {
		return err
	}
	return json.NewEncoder(std.out).Encode(imp)
}
