package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/guest"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

type reconcileCommand struct {
	Event  string `help:"Event whose guests Qflow is asked for; with --import, that of the import."`
	Import string `help:"Only the guests of this import."`
	Out    string `help:"Folder for the file of differences, which has guests' data." default:"." type:"path"`
	Settle bool   `name:"settle-unknown" help:"Settle rows as accepted whose email is unknown, where Qflow's record names their call; asks first."`
	Yes    bool   `help:"Do not ask." short:"y"`
}

// reconciled is what reconcile prints with --json.
type reconciled struct {
	operate.Crosscheck
	MayBePart bool   `json:"may_be_part"` // always: how Qflow pages is not known
	Report    string `json:"report"`
	Settled   int    `json:"settled"`
}

// Run compares what Qflow lists with what imports know.
func (c *reconcileCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	if c.Event == "" && c.Import == "" {
		return config.Usagef("say whose guests are to be compared: --event EVENT or --import ID")
	}
	return program.WithImport(ctx, s, c.Import, func(a *program.Account) error {
		event, err := c.eventOf(ctx, a)
		if err != nil {
			return err
		}
		if err := a.Connect(nil); err != nil {
			return err
		}
		return c.compare(ctx, a.Operate(), event, std)
	})
}

// eventOf returns the event, which an import may have for all of its rows.
func (c *reconcileCommand) eventOf(ctx context.Context, a *program.Account) (string, error) {
	if c.Import == "" {
		return guest.CanonicalID(a.Settings.Events().ID(c.Event)), nil
	}
	imp, err := a.Ledger.Import(ctx, c.Import)
	if err != nil {
		return "", err
	}
	event := guest.CanonicalID(cmp.Or(a.Settings.Events().ID(c.Event), imp.Event))
	switch {
	case event == "":
		return "", config.Usagef("the rows of import %s name their events themselves; say which: --event EVENT", imp.ID)
	case imp.Event != "" && guest.CanonicalID(imp.Event) != event:
		return "", config.Usagef("import %s is of the event %s", imp.ID, a.Settings.Events().Text(imp.Event))
	}
	return event, nil
}

func (c *reconcileCommand) compare(ctx context.Context, a *operate.Account, event string, std terminal.Output) error {
	path := filepath.Join(c.Out, "guestflow-reconcile-"+fileName(cmp.Or(c.Import, event))+".csv")
	aside := path + ".tmp"
	file, err := os.OpenFile(aside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return config.Usagef("the differences cannot be written: %v", err)
	}
	defer os.Remove(aside) //nolint:errcheck // it has its name by then
	pages := 0
	found, err := a.Crosscheck(ctx, event, c.Import, file, func(so operate.Crosscheck) {
		if so.Pages != pages {
			pages = so.Pages
			terminal.Printf(std.Aside(), "guests listed: %d\n", so.Listed)
		}
	})
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(aside, path); err != nil {
		return fmt.Errorf("name the file of differences: %w", err)
	}
	done := reconciled{Crosscheck: found, MayBePart: true, Report: path}
	if !std.JSON {
		printCrosscheck(done, std)
	}
	if c.Settle {
		if done.Settled, err = c.settle(ctx, a, found, std); err != nil {
			return err
		}
	}
	if std.JSON {
		return std.Encode(done)
	}
	return nil
}

// fileName makes a name of a file of an id, which may have any characters.
func fileName(id string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '_'
	}, id[:min(len(id), 64)])
}

func printCrosscheck(c reconciled, std terminal.Output) {
	terminal.Printf(std.Out, "Qflow lists %s of the event. It may have more: how it gives long lists is not documented, "+
		"so that none is missing there for certain.\n", plural.Of(c.Listed, "guest"))
	t := std.Table()
	for _, line := range []struct {
		n    int
		what string
	}{
		{c.Same, "there and here, and alike"},
		{c.Differs, "there and here, with other data" + fieldsOf(c)},
		{c.Moving, "there, and their rows still move"},
		{c.Unexpected, "there, though their rows came to nothing"},
		{c.Unproven, "there, with an email that stays unknown: a guest who is there proves none"},
		{c.Evidence, "there, with an unknown email, and made by the call that asked for it: --settle-unknown"},
		{c.ThereOnly, "there only: no import knows them"},
		{c.HereOnly, "here only: created, and not listed"},
		{c.OtherImport, "there, of other imports"},
	} {
		if line.n > 0 {
			terminal.Printf(t, "%d\t%s\n", line.n, line.what)
		}
	}
	_ = t.Flush()
	terminal.Printf(std.Out, "%s: every difference, with guests' data\n", c.Report)
}

// fieldsOf lists the fields in which guests differ.
func fieldsOf(c reconciled) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, c.Fields[name]))
	}
	if c.Unnamed > 0 {
		parts = append(parts, fmt.Sprintf("not known in what %d", c.Unnamed))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

func (c *reconcileCommand) settle(
	ctx context.Context, a *operate.Account, found operate.Crosscheck, std terminal.Output,
) (int, error) {
	if len(found.Settleable) == 0 {
		terminal.PrintLine(std.Aside(), "No row can be settled by what Qflow shows.")
		return 0, nil
	}
	listSettleable(found.Settleable, std)
	question := fmt.Sprintf("For each of these rows (%d), Qflow's record shows that the row's own call has made the guest, with "+
		"the template of its email. It does not show that the email was sent. Settle them as accepted, so that they are not sent again?",
		len(found.Settleable))
	if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
		return 0, err
	}
	n, err := a.SettleFound(ctx, cliActor(), found.Settleable)
	terminal.Printf(std.Aside(), "Settled as accepted: %d\n", n)
	return n, err
}

func listSettleable(rows []ledger.Owner, std terminal.Output) {
	for _, o := range rows {
		terminal.Printf(std.Aside(), "import %s, row %d\n", o.Import, o.Row)
	}
}
