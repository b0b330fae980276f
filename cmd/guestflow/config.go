package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/manual"
	"guestflow/cmd/guestflow/terminal"
)

type configCommand struct {
	Keys bool `help:"List all settings with their key, variable, flag (most have none), default and meaning."`
	Page bool `help:"List them as a page in Markdown: docs/configuration.md."`
}

// Run prints the configuration as flags, environment and file make it. It was checked before this runs, but for the
// files that only sources need.
func (c *configCommand) Run(line *kong.Context, s *config.Settings, std terminal.Output) error {
	if c.Page {
		return manual.WriteConfiguration(std.Out, line.Model)
	}
	if c.Keys {
		return printKeys(config.Keys(line.Model), std)
	}
	for name, p := range s.Profiles {
		if _, err := p.Open(name); err != nil {
			return err
		}
	}
	values := s.Effective()
	if std.JSON {
		return std.Encode(values)
	}
	out, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err = fmt.Fprintf(std.Out, "# as a guestflow.yaml would have it; secrets are hidden\n%s", out)
	return err
}

func printKeys(keys []config.Key, std terminal.Output) error {
	if std.JSON {
		return std.Encode(keys)
	}
	group := ""
	for _, k := range keys {
		if k.Group != group {
			group = k.Group
			terminal.Printf(std.Out, "\n%s\n", group)
		}
		terminal.Printf(std.Out, "  %s\n      %s\n", strings.Join(k.Names(), ", "), k.Meaning())
	}
	return nil
}
