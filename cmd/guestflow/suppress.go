package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/suppression"
	"guestflow/importer/table"
)

type suppressCommand struct {
	List  suppressList  `cmd:"" default:"1" help:"Count the addresses that are not mailed any more, by reason and age; none is shown."`
	Add   suppressAdd   `cmd:"" help:"Have addresses, or those of files, not mailed any more."`
	Check suppressCheck `cmd:"" help:"Say whether an address is mailed."`
	Lift  suppressLift  `cmd:"" help:"Have an address mailed again."`
}

type suppressList struct{}

func (suppressList) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		list, err := a.Operate().Suppressions(ctx)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(list)
		}
		return printSuppressions(list, std)
	})
}

func printSuppressions(s operate.Suppressions, std terminal.Output) error {
	if s.Total == 0 {
		terminal.Printf(std.Out, "No address is suppressed.\n")
	} else {
		t := std.Table()
		fmt.Fprintln(t, "REASON\tADDRESSES\tOF 1 DAY\t7 DAYS\t30 DAYS\t1 YEAR\tOLDER")
		for _, why := range suppression.Reasons() {
			if n := s.Reasons[why]; n > 0 {
				terminal.Printf(t, "%s\t%d", why, n)
				for _, of := range s.Ages[why] {
					fmt.Fprintf(t, "\t%d", of)
				}
				fmt.Fprintln(t)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if s.Lifted > 0 {
		terminal.Printf(std.Out, "%d more were lifted, and are mailed.\n", s.Lifted)
	}
	return nil
}

type suppressAdd struct {
	What      []string `arg:"" name:"address|file" help:"Addresses, or files with a column of them."`
	Bounced   bool     `help:"Emails to these addresses come back: their guests are mailed at other addresses."`
	Column    string   `help:"Header of the column with addresses; found by its header by default."`
	Where     string   `help:"Which lines of files count, such as 'unsubscribed = yes'; all of them: all."`
	Sheet     string   `help:"Sheet of a workbook, or all; its first visible one by default."`
	Encoding  string   `help:"Encoding of a text file that does not say it."`
	HeaderRow string   `help:"Line of the header, or none; found by default."`
	Hidden    string   `help:"Whether hidden rows of a workbook count (read) or not (skip)."`
}

// suppressed is what suppress add prints with --json.
type suppressed struct {
	suppression.Added
	Files []suppressedFile `json:"files,omitempty"`
}

type suppressedFile struct {
	File string `json:"file"`
	suppression.Listed
	suppression.Added
}

func (c *suppressAdd) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	addresses, files, err := c.sorted()
	if err != nil {
		return err
	}
	return program.With(ctx, s, func(a *program.Account) error {
		var all suppressed
		if len(addresses) > 0 {
			if all.Added, err = a.Operate().Suppress(ctx, cliActor(), c.why(), addresses...); err != nil {
				return err
			}
		}
		for _, path := range files {
			of, err := c.addFile(ctx, a, path)
			if err != nil {
				return err
			}
			printBadLines(of, std)
			printOtherColumns(of, std)
			all.Files = append(all.Files, of)
			all.New, all.Already = all.New+of.New, all.Already+of.Already
		}
		return std.Result(all, "%d added, %d were suppressed before. They are not mailed by any import of the account %s.",
			all.New, all.Already, s.AccountName())
	})
}

// why is the reason that the addresses have. What is not said to be about the address is what its person wants.
func (c *suppressAdd) why() suppression.Reason {
	if c.Bounced {
		return suppression.Bounced
	}
	return suppression.ByHand
}

// sorted tells addresses and files apart: what is a file is one, and what else has an @ is an address.
func (c *suppressAdd) sorted() (addresses, files []string, err error) {
	for i, what := range c.What {
		_, missing := os.Lstat(what)
		switch {
		case missing == nil:
			files = append(files, listfile.Resolve(what))
		case strings.Contains(what, "@") && !errors.Is(missing, os.ErrPermission):
			addresses = append(addresses, what)
		default:
			return nil, nil, config.Usagef("argument %d is neither an email address nor a file that can be read", i+1)
		}
	}
	return addresses, files, nil
}

func (c *suppressAdd) addFile(ctx context.Context, a *program.Account, path string) (of suppressedFile, err error) {
	l := suppression.List{Path: path, Column: c.Column, Where: c.Where, Options: table.Options{
		Sheet: c.Sheet, Encoding: c.Encoding, HeaderRow: c.HeaderRow, Hidden: c.Hidden,
	}}
	if err := l.Options.Check(); err != nil {
		return of, config.Usagef("%w", err)
	}
	of.File = path
	of.Listed, of.Added, err = a.Operate().SuppressList(ctx, cliActor(), c.why(), l, filepath.Base(path))
	return of, err
}

func printBadLines(of suppressedFile, std terminal.Output) {
	if std.JSON || of.Bad == 0 {
		return
	}
	terminal.Printf(std.Err, "%s: %s without an address %s left out:\n", of.File, plural.Of(of.Bad, "line"),
		plural.Word(of.Bad, "was", "were"))
	for _, l := range of.BadLines {
		terminal.Printf(std.Err, "  line %d: %s\n", l.Line, l.Text)
	}
	if more := of.Bad - len(of.BadLines); more > 0 {
		terminal.Printf(std.Err, "  and %d more\n", more)
	}
}

// printOtherColumns says which columns have addresses that are mailed as before.
func printOtherColumns(of suppressedFile, std terminal.Output) {
	if std.JSON {
		return
	}
	for _, o := range of.Others {
		terminal.Printf(std.Err,
			"%s: the column %q has other addresses on %s, which were not added; to add them too: --column %q\n",
			of.File, o.Header, plural.Of(o.Lines, "line"), o.Header)
	}
}

type suppressCheck struct {
	Address string `arg:"" help:"Email address."`
}

// suppressedAddress is what suppress check and suppress lift print with --json.
type suppressedAddress struct {
	Suppressed bool `json:"suppressed"`
	suppression.Entry
}

func (c *suppressCheck) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		e, err := a.Operate().Suppressed(ctx, c.Address)
		if err != nil {
			return err
		}
		return std.Result(suppressedAddress{e.Suppressed(), e}, "%s", operate.SuppressedText(e))
	})
}

type suppressLift struct {
	Address string `arg:"" help:"Email address."`
	Yes     bool   `help:"Do not ask." short:"y"`
}

func (c *suppressLift) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		e, err := a.Operate().Suppressed(ctx, c.Address)
		if err != nil {
			return err
		}
		if e.Suppressed() {
			if err := terminal.Confirm(ctx, std, operate.SuppressedText(e)+" Have it mailed again?", c.Yes); err != nil {
				return err
			}
		}
		before, err := a.Operate().Lift(ctx, cliActor(), c.Address)
		if err != nil {
			return err
		}
		return std.Result(suppressedAddress{false, before}, "The address is mailed again. A guest who was left without an "+
			"email gets it when a list with him is imported once more, or by: guestflow resend IMPORT ROW")
	})
}
