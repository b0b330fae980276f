package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"guestflow/tokencache/secret"
)

// Setting is a setting with its value, as far as it may be shown, and where that comes from.
type Setting struct {
	Key    string
	Value  any
	Origin string // a flag, a variable, a file with its line, or default
}

// Origins returns where each setting of a command line comes from, by key; those of profiles by their path.
func (f *File) Origins(line *kong.Context) map[string]string {
	from := map[string]string{}
	for _, flag := range settingsOf(line.Model) {
		from[keyOf(flag)] = f.origin(line, flag)
	}
	for key, origin := range from { // a secret that was read from a file
		if file := key + "_file"; origin == byDefault && from[file] != "" && from[file] != byDefault {
			from[key] = "the file that " + file + " names"
		}
	}
	for path, at := range f.lines {
		if strings.HasPrefix(path, "profiles.") {
			from[path] = f.at(at)
		}
	}
	return from
}

const byDefault = "default"

func (f *File) at(line int) string { return fmt.Sprintf("%s:%d", filepath.Base(f.path), line) }

func (f *File) origin(line *kong.Context, flag *kong.Flag) string {
	key := keyOf(flag)
	if Typed(line, flag.Name) {
		return "--" + flag.Name
	}
	if own := "accounts." + f.account + "." + key; f.account != "" && f.values.Exists(own) {
		return f.at(f.lines[own])
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return "$" + name
		}
	}
	if f.values.Exists(key) {
		return f.at(f.lines[key])
	}
	return byDefault
}

// settingsOf are the flags of all commands, and those of run.
func settingsOf(app *kong.Application) (list []*kong.Flag) {
	list = slices.Clone(app.Flags)
	for _, n := range app.Children {
		if n.Name == "run" {
			list = append(list, n.Flags...)
		}
	}
	return slices.DeleteFunc(list, func(flag *kong.Flag) bool { return flag.Name == "help" })
}

// AllSettings lists the settings of all commands, of run, and of the profiles, in the order of their keys.
func (s *Settings) AllSettings(f *File, line *kong.Context) (list []Setting) {
	from, values := f.Origins(line), s.Effective()
	delete(values, "profiles")
	for key, value := range values {
		list = append(list, Setting{key, value, from[key]})
	}
	for _, flag := range settingsOf(line.Model) {
		if key := keyOf(flag); values[key] == nil {
			list = append(list, Setting{key, f.shown(flag), from[key]})
		}
	}
	for name, p := range s.Profiles {
		for key, value := range p.values() {
			path := "profiles." + name + "." + key
			list = append(list, Setting{path, value, from[path]})
		}
	}
	list = s.holdingApproval(f, list)
	slices.SortFunc(list, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(list, func(a, b Setting) bool { return a.Key == b.Key })
}

// shown is the value of a setting of run, as far as it may be shown. Another command has not read its key in the file.
func (f *File) shown(flag *kong.Flag) any {
	value := flag.Target.Interface()
	set := !flag.Target.IsZero()
	if key := keyOf(flag); f.values.Exists(key) && os.Getenv(flag.Envs[0]) == "" {
		value, set = f.values.Get(key), true
	}
	_, isSecret := flag.Target.Interface().(secret.Text)
	switch key := keyOf(flag); {
	case !set:
		return value
	case isSecret:
		return secret.Hidden
	case !hasText(flag.Target.Type()), flag.Tag.Enum != "", flag.Tag.Type == "path", ShownTexts[key], shownLists[key]:
		return value
	case shownAddresses[key] && flag.Target.Kind() == reflect.String:
		return bareAddress(fmt.Sprint(value))
	}
	return secret.Hidden
}

// shownLists are lists of words of the program's own.
var shownLists = words("roles")

// linesOf returns the lines of a file's keys by their paths.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	var root yaml.Node
	if yaml.Unmarshal(text, &root) == nil && len(root.Content) > 0 {
		addLines(lines, "", root.Content[0], 0)
	}
	return lines
}

// deepest is deeper than any setting stands.
const deepest = 6

func addLines(lines map[string]int, prefix string, n *yaml.Node, depth int) {
	if n.Kind != yaml.MappingNode || depth > deepest {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path := prefix + n.Content[i].Value
		lines[path] = n.Content[i].Line
		addLines(lines, path+".", n.Content[i+1], depth+1)
	}
}
