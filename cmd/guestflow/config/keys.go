package config

import (
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// Settings with the tag keyonly are set once for an installation and never for one command: they have a key in
// guestflow.yaml and an environment variable, and no flag. To kong they are hidden flags, so that it reads and checks
// them like the others.

func isKeyOnly(f *kong.Flag) bool { return f.Tag.Has("keyonly") }

// nameOf returns what a message calls a setting: its flag, or its key if it has none.
func nameOf(f *kong.Flag) string {
	if isKeyOnly(f) {
		return keyOf(f)
	}
	return "--" + f.Name
}

func keyOf(f *kong.Flag) string { return strings.ReplaceAll(f.Name, "-", "_") }

// HideKeys takes settings without a flag out of help, completion and the flags of the manual.
func HideKeys(app *kong.Application) {
	for _, f := range allFlags(app) {
		f.Hidden = f.Hidden || isKeyOnly(f)
	}
}

func allFlags(app *kong.Application) (list []*kong.Flag) {
	for _, node := range append([]*kong.Node{app.Node}, app.Leaves(false)...) {
		list = append(list, node.Flags...)
	}
	return list
}

// RefuseKeys returns an error if a setting without a flag was typed as one.
func RefuseKeys(line *kong.Context) error {
	for _, p := range line.Path {
		if f := p.Flag; f != nil && !p.Resolved && isKeyOnly(f) {
			return Usagef("--%s is not a flag: set %s in guestflow.yaml, or %s in the environment", f.Name, keyOf(f), f.Envs[0])
		}
	}
	return nil
}

// Key is a setting as guestflow config --keys and the manual list it.
type Key struct {
	Group    string `json:"group"`
	Key      string `json:"key"`
	Variable string `json:"variable"`
	Flag     string `json:"flag,omitempty"` // empty: it has none
	Default  string `json:"default,omitempty"`
	Help     string `json:"help"`
}

// Names returns how the setting can be given: its key, its variable and its flag.
func (k Key) Names() []string {
	names := []string{k.Key, "$" + k.Variable}
	if k.Flag != "" {
		names = append(names, k.Flag)
	}
	return names
}

// Meaning returns its help with its default.
func (k Key) Meaning() string {
	if k.Default == "" {
		return k.Help
	}
	return k.Help + " Default: " + k.Default + "."
}

// Keys lists the settings of all commands and those of guestflow run.
func Keys(app *kong.Application) (list []Key) {
	nodes := []*kong.Node{app.Node}
	for _, n := range app.Children {
		if n.Name == "run" {
			nodes = append(nodes, n)
		}
	}
	for _, n := range nodes {
		for _, f := range n.Flags {
			if f.Name == "help" {
				continue
			}
			k := Key{Group: n.Name, Key: keyOf(f), Variable: f.Envs[0], Default: f.Default, Help: f.Help}
			if f.Group != nil {
				k.Group = f.Group.Title
			}
			if !isKeyOnly(f) {
				k.Flag = "--" + f.Name
			}
			list = append(list, k)
		}
	}
	return list
}

// ParseError returns what is wrong with a command line, the environment or the file, without the values, which may be
// secrets.
func ParseError(err *kong.ParseError) string {
	text := withoutValue(err.Error())
	if err.Context == nil {
		return text
	}
	for _, f := range allFlags(err.Context.Model) {
		if isKeyOnly(f) {
			text = regexp.MustCompile("--"+regexp.QuoteMeta(f.Name)+`\b`).ReplaceAllLiteralString(text, keyOf(f))
		}
	}
	return text
}
