package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spool"
)

type resendCommand struct {
	ID       string   `arg:"" help:"Import."`
	Rows     []string `arg:"" name:"row" help:"Rows of it, by their numbers, such as 3,7-9; 50 at most."`
	Decision string   `help:"Any text. By one decision a row goes out once, however often the command is run; name another one, such as 2, to send it once more."`
	Hours    string   `name:"send-window" help:"Hours in which these emails leave, such as '09:00-18:00 Mon-Fri, Europe/London', or none; by default those of guestflow.yaml, or else of the import." placeholder:"HOURS"`
	File     string   `help:"The imported file, if it is no longer where it was." type:"path"`
	Wait     bool     `help:"Wait until every row is settled."`
	Yes      bool     `help:"Do not ask." short:"y"`
}

// Run sends the emails of some rows again. It is an import of its own, of a list that has only these rows.
func (c *resendCommand) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	numbers, err := operate.ParseRows(c.Rows...)
	if err != nil {
		return err
	}
	if !config.Typed(line, "send-window") {
		c.Hours = "" // what stands for all lists comes behind the profile
	}
	return program.WithImportAndQflow(ctx, s, c.ID, func(a *program.Account) error {
		p, err := a.Operate().PlanResend(ctx,
			operate.ResendRequest{Import: c.ID, Rows: numbers, Decision: c.Decision, File: c.File,
				Window: c.Hours})
		if err != nil {
			return err
		}
		return c.send(ctx, a, p, std)
	})
}

func (c *resendCommand) send(ctx context.Context, a *program.Account, p operate.Resend, std terminal.Output) error {
	incoming, err := program.Incoming(a.Settings)
	if err != nil {
		return err
	}
	plan, err := a.Operate().WriteResend(ctx, p, incoming)
	if err != nil {
		return err
	}
	record := p.Record(spool.Command, cliActor())
	fetched := &importCommand{fetched: map[string]spool.Record{plan.Path: record}}
	defer fetched.dropFetched()
	if err := c.confirm(ctx, a, p, plan, std); err != nil {
		return err
	}
	stop, here := workHere(ctx, a, std)
	defer stop()
	var imp ledger.Import
	err = a.ImportFetched(ctx, plan.Path, record,
		func(ctx context.Context, path string, to importer.Settings) (r spool.Result, err error) {
			if to.Planned != nil {
				to.Planned()
			}
			plan.Path = path
			imp, r, err = c.begin(ctx, a, p, plan, std)
			return r, err
		})
	if err != nil {
		return err
	}
	if c.Wait || here {
		return settle(ctx, a, plan, imp, std)
	}
	if imp.Done() {
		return printImport(a, std, imp.ID)
	}
	std.Say(fmt.Sprintf("Import %s sends them. See: guestflow status %s", imp.ID, imp.ID))
	return printImport(a, std, imp.ID)
}

// confirm shows whom emails go to, and asks. An import that this decision began before is gone on with, without a
// question.
func (c *resendCommand) confirm(ctx context.Context, a *program.Account, p operate.Resend, plan importer.Plan,
	std terminal.Output) error {
	if _, err := a.Ledger.Import(ctx, plan.Import); err == nil {
		return nil
	}
	if p.Done() {
		next, err := a.Operate().NextDecision(ctx, p)
		if err != nil {
			return err
		}
		return operate.Refuse(p.DoneText(next))
	}
	names, err := a.Operate().TemplateNames(ctx, p)
	if err != nil {
		return err
	}
	emails := 0
	for _, r := range p.Rows {
		text := fmt.Sprintf("row %d, line %d, %s: %s goes to %s", r.Row, r.Line, r.State, nameOf(names, r.Guest.TemplateID),
			r.To.Text())
		if r.Had != nil {
			text += "; " + r.Had.Text()
		}
		if r.Sent != nil {
			text = fmt.Sprintf("row %d was sent again before, by import %s: nothing is sent", r.Row, r.Sent.Import)
		} else {
			emails++
		}
		terminal.PrintLine(std.Aside(), text)
	}
	if text := p.WindowText(); text != "" {
		terminal.PrintLine(std.Aside(), text)
	}
	return terminal.Confirm(ctx, std,
		fmt.Sprintf("Send %s again, to guests who have had it, or may have?",
			plural.Word(emails, "this email", fmt.Sprintf("these %d", emails)+" emails")), c.Yes)
}

func nameOf(names map[string]string, id string) string {
	if name := names[strings.ToLower(id)]; name != "" {
		return name
	}
	return "template " + id
}

func (c *resendCommand) begin(
	ctx context.Context, a *program.Account, p operate.Resend, plan importer.Plan, std terminal.Output,
) (ledger.Import, spool.Result, error) {
	imp, created, err := a.Operate().BeginResend(ctx, cliActor(), p, plan)
	if err != nil {
		return imp, spool.Result{}, err
	}
	if imp.Stopped == ledger.StoppedCancelled {
		return imp, spool.Result{},
			fmt.Errorf("import %s of the same decision was cancelled; to send the emails all the same, name another --decision, such as after-%s: %w", imp.ID,
				imp.ID, importer.ErrCancelled)
	}
	text := fmt.Sprintf("Import %s: %s of import %s again", imp.ID,
		plural.Word(len(p.Rows), "row "+p.Numbers(), plural.Of(len(p.Rows), "row")+" ("+p.Numbers()+")"), p.Import.ID)
	switch {
	case !created && imp.Done():
		text = finishedText(imp)
	case !created:
		text += ", which goes on where it was"
	}
	std.Say(text)
	return imp, a.Operate().ResultOf(ctx, plan, imp, created), enqueue(ctx, a, plan, imp, std)
}

// finishedText says that the import of a decision is over, and how the emails are sent all the same.
func finishedText(imp ledger.Import) string {
	said, once := "nothing is sent by it twice", "once more"
	if c := imp.Counts; c[ledger.Accepted]+c[ledger.Delivered]+c[ledger.Undeliverable]+c[ledger.Unknown] == 0 {
		said, once = "it has sent nothing, and sends nothing any more", "all the same"
	}
	return fmt.Sprintf("Import %s of the same decision was finished %s: %s. To send the emails %s, name another --decision, such as after-%s.",
		imp.ID, imp.Finished.Local().Format(time.DateTime), said, once, imp.ID)
}
