package main

import (
	"context"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/erasure"
	"guestflow/importer/plural"
)

type eraseCommand struct {
	watchedFolder

	Address        string `arg:"" help:"Email address of the person."`
	KeepSuppressed bool   `help:"Leave the address suppressed, if it is, as a hash; without it the next list with the address is mailed." default:"true" negatable:""`
	Yes            bool   `help:"Do not ask." short:"y"`
}

func (c *eraseCommand) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		const question = "Remove what guestflow keeps of this person? It cannot be undone. A list with the person that is " +
			"imported later brings a new guest; a suppressed address stays so."
		if err := terminal.Confirm(ctx, std, question, c.Yes); err != nil {
			return err
		}
		r, err := a.Operate().Erase(ctx, cliActor(), a.ListFolders(c.Inbox), c.Address, c.KeepSuppressed)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(r)
		}
		return printErased(r, std)
	})
}

func printErased(r erasure.Result, std terminal.Output) error {
	terminal.Printf(std.Out, "Removed: data of %s of %s, %s of the index, %s of %s.\n",
		plural.Of(r.Rows, "row"), plural.Of(r.Imports, "import"), plural.Of(r.Index, "guest"), plural.Of(r.FileRows, "row"),
		plural.Of(r.Files, "file"))
	terminal.Printf(std.Out, "%s.\n", r.Later())
	terminal.Printf(std.Out, "Not removed:\n")
	t := std.Table()
	for _, l := range r.Left {
		terminal.Printf(t, "  %s\t%s\n", l.What, l.Why)
	}
	return t.Flush()
}
