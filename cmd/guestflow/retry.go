package main

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

type retryCommand struct {
	ID      string `arg:"" help:"Import."`
	Unknown bool   `help:"Also send again what may have been sent already. Some guests may get a second email."`
	Yes     bool   `help:"Do not ask." short:"y"`
}

func (c *retryCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	verb := operate.Retry
	if c.Unknown {
		verb = operate.RetryUnknown
	}
	return withSteerable(ctx, s, c.ID, verb, func(a *program.Account, imp ledger.Import) error {
		if n := imp.Counts[ledger.Unknown]; c.Unknown && n > 0 {
			if err := listUnknown(ctx, a, imp, std); err != nil {
				return err
			}
			if err := terminal.Confirm(ctx, std,
				fmt.Sprintf("Send %s, which may have been sent already, again?", plural.Of(n, "email")), c.Yes); err != nil {
				return err
			}
		}
		return steer(ctx, a, verb, c.ID, std, func(imp ledger.Import, story string) string {
			return fmt.Sprintf("Import %s: %s.", imp.ID, story)
		})
	})
}

// listUnknown shows the rows that the operator decides about, and why they are unknown.
func listUnknown(ctx context.Context, a *program.Account, imp ledger.Import, std terminal.Output) error {
	return a.Ledger.EachWindow(ctx, imp.ID, func(first int, marks []ledger.RowByte) error {
		var rows []int
		for i, m := range marks {
			if m.State() == ledger.Unknown {
				rows = append(rows, first+i)
			}
		}
		reasons, err := a.Ledger.Reasons(ctx, imp.ID, rows)
		for i, why := range reasons {
			terminal.Printf(std.Aside(), "row %d, line %d: %s\n", rows[i], why.Line, why)
		}
		return err
	})
}
