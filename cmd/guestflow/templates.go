package main

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
)

type templatesCommand struct {
	List    templatesList    `cmd:"" default:"withargs" help:"List an event's templates: ids, names and subjects."`
	Preview templatesPreview `cmd:"" help:"Show the email that a row of a list gets, as far as it is known before Qflow makes it; nothing is sent."`
	Test    templatesTest    `cmd:"" help:"Send the email of a row to an address of your own, once by one decision; asks first."`
}

type templatesList struct {
	Event   string `help:"Event id; default is that of the profile."`
	Profile string `help:"Profile of guestflow.yaml."`
}

// Run lists the templates of an event. Either their ids or their names go as --template.
func (c *templatesList) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	s, err := s.ForProfile(c.Profile)
	if err != nil {
		return err
	}
	to, err := s.RequestedImport(c.Profile, config.Lists{Event: c.Event}, false)
	if err != nil {
		return err
	}
	if to.Event == "" {
		return config.Usagef("templates belong to an event: add --event, or a --profile that has one")
	}
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		list, err := a.Operate().ListTemplates(ctx, to.Event)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(terminal.List(list))
		}
		if len(list) == 0 {
			terminal.Printf(std.Out, "Event %s has no templates.\n", s.Events().Text(to.Event))
			return nil
		}
		t := std.Table()
		fmt.Fprintln(t, "ID\tNAME\tSUBJECT")
		for _, one := range list {
			terminal.Printf(t, "%s\t%s\t%s\n", one.ID, one.Name, one.Subject)
		}
		return t.Flush()
	})
}
