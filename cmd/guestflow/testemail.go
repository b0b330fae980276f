package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
)

// emailOfRow names the email of a row of a list: the list is read as an import would read it.
type emailOfRow struct {
	File     string `arg:"" help:"The list." type:"path"`
	Row      int    `help:"Row of it, by its number; default is the first that gets an email."`
	Event    string `help:"Event id for rows that name none."`
	Template string `help:"Template for rows that name none, by id or name."`
	Profile  string `help:"Profile of guestflow.yaml."`
	Key      string `help:"Column that identifies guests; default is email and name." hidden:""`

	spec.Reading
}

// preview reads the list and calls a function with the email of the row.
func (c *emailOfRow) preview(
	ctx context.Context, line *kong.Context, s *config.Settings, do func(*program.Account, operate.EmailPreview) error,
) error {
	as := importCommand{Event: c.Event, Template: c.Template, Profile: c.Profile, Key: c.Key}
	as.forProfile(line)
	s, err := s.ForProfile(c.Profile)
	if err != nil {
		return err
	}
	what, err := as.spec(s, config.WaysOf(c.Reading, line))
	if err != nil {
		return err
	}
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		if what, err = a.Operate().ResolveTemplate(ctx, what); err != nil {
			return err
		}
		plan, err := importer.MakePlan(ctx, listfile.Resolve(c.File), importer.Settings{Spec: what})
		if err == nil {
			err = plan.Refused()
		}
		if err != nil {
			return err
		}
		p, err := a.Operate().PreviewEmail(ctx, plan, c.Row)
		if err != nil {
			return err
		}
		return do(a, p)
	})
}

type templatesPreview struct {
	emailOfRow

	HTML string `name:"html" help:"File that the email is written to, to be looked at in a browser; it holds the row's data." type:"path" placeholder:"FILE"`
}

// Run shows the email of a row. Nothing is sent, and no guest is created.
func (c *templatesPreview) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	return c.preview(ctx, line, s, func(_ *program.Account, p operate.EmailPreview) error {
		if c.HTML != "" && p.HTML != "" {
			if err := os.WriteFile(c.HTML, []byte(p.Page()), 0o600); err != nil {
				return fmt.Errorf("write the email: %w", err)
			}
		}
		if std.JSON {
			return std.Encode(p)
		}
		printEmail(std, p)
		return nil
	})
}

func printEmail(std terminal.Output, p operate.EmailPreview) {
	terminal.Printf(std.Out, "Row %d, line %d, template %s\nSubject: %s\n\n", p.Row, p.Line, p.Template.Name, p.Subject)
	if p.Unknown != "" {
		terminal.Printf(std.Out, "%s.\n", p.Unknown)
	} else {
		for line := range strings.Lines(p.Text + "\n") {
			terminal.Printf(std.Out, "  %s\n", strings.TrimSuffix(line, "\n"))
		}
	}
	for _, note := range p.Notes() {
		terminal.Printf(std.Err, "%s.\n", note)
	}
}

type templatesTest struct {
	emailOfRow

	To       string `help:"The address; it gets one email." required:"" placeholder:"ADDRESS"`
	Decision string `help:"Any text. By one decision the same email goes to an address once, however often the command is run; name another one, such as 2, to send it once more."`
	Yes      bool   `help:"Do not ask." short:"y"`
}

// Run sends the email of a row to an address of the operator's own.
func (c *templatesTest) Run(ctx context.Context, line *kong.Context, s *config.Settings, std terminal.Output) error {
	return c.preview(ctx, line, s, func(a *program.Account, p operate.EmailPreview) error {
		t, err := a.Operate().PlanTest(ctx, p, c.To, c.Decision)
		if err != nil {
			return err
		}
		if t.Sent != nil {
			return operate.Refuse("nothing was sent: " + t.Sent.Text() + "; to send it once more, name another --decision")
		}
		terminal.Printf(std.Aside(),
			"Row %d, line %d: %s goes to %s. For it Qflow has the guest %q in event %s from then on, who counts there: remove that guest in Qflow afterwards.\n",
			p.Row, p.Line, p.Template.Name, t.To, t.Name(), s.Events().Text(p.Event))
		if err := terminal.Confirm(ctx, std, "Send this test email?", c.Yes); err != nil {
			return err
		}
		sent, err := a.Operate().SendTest(ctx, cliActor(), t)
		if err != nil {
			return err
		}
		return std.Result(map[string]any{"sent": sent, "guest": t.GuestID(), "name": t.Name(), "event": p.Event,
			"template": p.Template.ID},
			"The test email is queued at Qflow. Its guest is %q (%s).", t.Name(), t.GuestID())
	})
}
