package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/manual"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/tokencache/secret"
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
	all := s.AllSettings(s.File, line)
	if std.JSON {
		return std.Encode(withOrigins(s.Effective(), all))
	}
	return printSettings(all, std)
}

// withOrigins returns settings by their keys, with those of run, and where each comes from: of profiles by their path.
func withOrigins(values map[string]any, all []config.Setting) map[string]any {
	origins := map[string]string{}
	for _, s := range all {
		origins[s.Key] = s.Origin
		if _, there := values[s.Key]; !there && !strings.HasPrefix(s.Key, "profiles.") {
			values[s.Key] = s.Value
		}
	}
	values["origins"] = origins // no setting has this name
	return values
}

// printSettings prints what a guestflow.yaml would have, and behind each setting where it comes from.
func printSettings(list []config.Setting, std terminal.Output) error {
	terminal.PrintLine(std.Out, "# as a guestflow.yaml would have it, and where each value comes from; secrets are hidden")
	place := &nesting{}
	for _, s := range list {
		text, err := onOneLine(shownValue(s.Value))
		if err != nil {
			return fmt.Errorf("print the setting %s: %w", s.Key, err)
		}
		terminal.Printf(std.Out, "%-46s # %s\n", place.of(s.Key, std)+": "+text, s.Origin)
	}
	return nil
}

// onOneLine is a value in YAML without line breaks.
func onOneLine(value any) (string, error) {
	var n yaml.Node
	if err := n.Encode(value); err != nil {
		return "", err
	}
	switch {
	case n.Kind != yaml.ScalarNode:
		n.Style = yaml.FlowStyle
	case strings.Contains(n.Value, "\n"):
		n.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&n)
	return strings.TrimSpace(string(text)), err
}

// nesting is where a list of settings is: those of a profile stand below its name.
type nesting struct{ profile string }

// of returns a key as it is written there, and prints what it stands below.
func (n *nesting) of(key string, std terminal.Output) string {
	path, nested := strings.CutPrefix(key, "profiles.")
	if !nested {
		return key
	}
	profile, key := path[:strings.LastIndexByte(path, '.')], path[strings.LastIndexByte(path, '.')+1:]
	if n.profile == "" {
		terminal.PrintLine(std.Out, "profiles:")
	}
	if n.profile != profile {
		terminal.PrintLine(std.Out, "    "+profile+":")
		n.profile = profile
	}
	return "        " + key
}

// shownValue is a value as it is written: durations and limits have words of their own.
func shownValue(value any) any {
	switch v := value.(type) {
	case config.Limit:
		if v > 0 {
			return int(v)
		}
	case time.Duration, secret.Text:
	default:
		return value
	}
	return fmt.Sprint(value)
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
