package main

import (
	_ "embed"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

// overview is what guestflow --help prints: a screen. A test finds commands that are missing in it.
//
//go:embed help.txt
var overview string

// settingsTopic is what help knows besides commands.
const settingsTopic = "settings"

type helpCommand struct {
	Topic string `arg:"" optional:"" enum:",settings" default:"" help:"A command, or settings: the flags, variables and keys that all commands have."`
}

// Run prints the overview, or all settings. The help of a command is that of its flag --help (helpArgs).
func (c *helpCommand) Run(line *kong.Context, std terminal.Output) error {
	if c.Topic == settingsTopic {
		return printKeys(config.Keys(line.Model), std)
	}
	_, err := io.WriteString(std.Out, overview)
	return err
}

// helpArgs returns the command line for another spelling of it: help COMMAND, --version, or nothing at all.
func helpArgs(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	case args[0] == "help" && len(args) > 1 && args[1] != settingsTopic && !strings.HasPrefix(args[1], "-"):
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// printHelp prints the overview, or a command with the flags that are its own.
func printHelp(options kong.HelpOptions, line *kong.Context) error {
	if line.Selected() == nil {
		_, err := io.WriteString(line.Stdout, overview)
		return err
	}
	for _, f := range line.Model.Flags {
		f.Hidden = true
	}
	if err := kong.DefaultHelpPrinter(options, line); err != nil {
		return err
	}
	_, err := io.WriteString(line.Stdout, "\nFor all commands, such as --redis-url and --json: guestflow help settings\n")
	return err
}

// usageHelp returns which help a mistake in a command line is answered with.
func usageHelp(parse *kong.ParseError) string {
	if parse.Context == nil || parse.Context.Selected() == nil {
		return "guestflow --help"
	}
	return "guestflow " + commandPath(parse.Context.Selected()) + " --help"
}

// commandPath returns a command's words, without its arguments.
func commandPath(n *kong.Node) string {
	words := n.Name
	for n = n.Parent; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = n.Name + " " + words
	}
	return words
}

type versionCommand struct{}

// Run prints which guestflow this is.
func (versionCommand) Run(std terminal.Output) error {
	v := versionOf(debug.ReadBuildInfo())
	if std.JSON {
		return std.Encode(v)
	}
	terminal.Printf(std.Out, "guestflow %s\n", strings.TrimSpace(v.Version+" "+v.Revision))
	return nil
}

// version is set by the linker for a release; elsewhere it is that of the module.
var version string

// programVersion is what guestflow version prints as JSON.
type programVersion struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // commit, as far as it is known
	Go       string `json:"go"`
}

func versionOf(info *debug.BuildInfo, known bool) programVersion {
	v := programVersion{Version: version}
	if !known {
		return v
	}
	v.Go = info.GoVersion
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value[:min(len(s.Value), 12)]
		}
	}
	return v
}
