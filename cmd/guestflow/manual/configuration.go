package manual

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
)

// beginning is the part of the page of settings before its tables.
const beginning = `# Configuration

Each setting has a key in ` + "`guestflow.yaml`" + ` and a variable; those that are given to single commands have a flag, too. A flag wins over its
variable, and that over the file, which is read from the working folder or from where ` + "`--config`" + ` says. A misspelt key is an error.
` + "`guestflow config`" + ` checks the configuration and prints what is in force and where each value comes from (` + "`origins`" + ` with
` + "`--json`" + `), with secrets hidden. An annotated example is
` + "`deploy/guestflow.example.yaml`" + `.

This page is made from the code by ` + "`make docs`" + `; ` + "`guestflow config --keys`" + ` prints the same for the version at hand.
`

// WriteConfiguration writes a page of all settings as Markdown.
func WriteConfiguration(w io.Writer, app *kong.Application) error {
	fmt.Fprint(w, beginning)
	group := ""
	for _, k := range config.Keys(app) {
		if k.Group != group {
			group = k.Group
			fmt.Fprintf(w, "\n## %s\n\n| key | variable | flag | default | meaning |\n|---|---|---|---|---|\n", group)
		}
		writeRow(w, code(k.Key), code(k.Variable), code(k.Flag), code(k.Default), cell(k.Help))
	}
	fmt.Fprint(w, "\n## Profiles\n\nThese stand below `profiles`, below the name of the profile. "+
		"`--profile NAME` takes them for one import, and a folder of that\nname in the inbox for the lists in it.\n\n"+
		"| key | meaning |\n|---|---|\n")
	for _, k := range config.ProfileHelp() {
		writeRow(w, code(k.Key), cell(k.Help))
	}
	_, err := fmt.Fprint(w,
		"\n## Accounts\n\nBelow `accounts`, below the name of the account, stand the keys of Qflow, pace and identity "+
			"that are the account's own; what is\nnot there is as for all.\n")
	return err
}

func writeRow(w io.Writer, cells ...string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// cell escapes what would end a cell or begin a tag.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
}
