package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
)

// manCommand prints the manual page. It is made from what kong knows, so that it cannot tell of flags that are no more.
type manCommand struct{}

const manEnd = `.SH ENVIRONMENT
Every flag and setting has a variable: \fBGUESTFLOW_\fR and its name in capitals, with underscores, such as \fBGUESTFLOW_REDIS_URL\fR
for \fB\-\-redis\-url\fR. A flag wins over its variable, and that over the configuration file.
.TP
\fBNO_COLOR\fR
If it is set, pictures on a terminal have no colours.
.SH FILES
.TP
\fIguestflow.yaml\fR
Configuration, read when it is in the working folder, or where \fB\-\-config\fR says: flags by their names with underscores,
settings, \fBprofiles\fR and \fBaccounts\fR. \fBguestflow config\fR checks it and prints it; with \fB\-\-keys\fR it lists all keys.
.TP
\fI.guestflow/\fR
State folder (\fB\-\-state\-dir\fR): keys, journals, fetched files, and the ledger of a redis\-server of our own.
.SH EXAMPLES
.TP
What would become of a file, with three of its rows:
guestflow import guests.csv \-\-event EVENT \-\-template TEMPLATE \-\-preview 3
.TP
Import it and wait until every email is out or its row has a reason:
guestflow import guests.csv \-\-event EVENT \-\-template TEMPLATE \-\-wait
.TP
The daemon, with a drop folder:
guestflow run \-\-inbox /srv/guestflow/inbox
.TP
Why does nothing move?
guestflow status \-\-watch
.TP
The rows to correct and drop again:
guestflow report \-\-out reports
.TP
For a script: how many rows need attention, by import
guestflow imports \-\-json | jq '.[] | {id, counts}'
.SH SCRIPTS
With \fB\-\-json\fR a command prints one JSON document on standard output, or one a line where it goes on; their fields are stable.
If it fails, the last line of standard error is an object such as {"error": "...", "code": 4}, with the exit code.
`

// Run prints the page as roff: guestflow man | man -l -
func (manCommand) Run(line *kong.Context, std terminal.Output) error {
	root := line.Model.Node
	w := std.Out
	fmt.Fprintf(w, ".TH GUESTFLOW 1 \"\" guestflow \"User Commands\"\n.SH NAME\nguestflow \\- CSV files of event guests become guests of Qflow\n")
	fmt.Fprintf(w, ".SH SYNOPSIS\n\\fBguestflow\\fR \\fIcommand\\fR [\\fIargument\\fR ...] [\\fIflag\\fR ...]\n.SH DESCRIPTION\n%s\n", roff(root.Help))
	fmt.Fprintln(w, ".SH COMMANDS")
	for _, n := range root.Children {
		manCommandOf(w, n)
	}
	fmt.Fprintln(w, ".SH OPTIONS\nEvery command has these.")
	group := ""
	for _, f := range root.Flags {
		if f.Hidden {
			continue
		}
		if f.Group != nil && f.Group.Title != group {
			group = f.Group.Title
			fmt.Fprintf(w, ".SS %s\n", roff(group))
		}
		manFlag(w, f)
	}
	fmt.Fprintln(w, ".SH SETTINGS\nThese are set once, in guestflow.yaml by their key or in the environment, and have no flag.")
	for _, k := range config.Keys(line.Model) {
		if k.Flag == "" {
			fmt.Fprintf(w, ".TP\n\\fB%s\\fR, \\fB%s\\fR\n%s\n", roff(k.Key), roff(k.Variable), roff(k.Meaning()))
		}
	}
	fmt.Fprintln(w, ".SH EXIT STATUS")
	for _, e := range exit.Codes {
		fmt.Fprintf(w, ".TP\n\\fB%d\\fR\n%s\n", e.Code, roff(e.Text))
	}
	_, err := io.WriteString(w, manEnd)
	return err
}

// manCommandOf tells of a command, or of the commands below it.
func manCommandOf(w io.Writer, n *kong.Node) {
	if n.Hidden {
		return
	}
	var args strings.Builder
	for _, a := range n.Positional {
		fmt.Fprintf(&args, " %s", a.Summary())
	}
	fmt.Fprintf(w, ".SS \"%s\"\n%s\n", roff(n.FullPath()+args.String()), roff(n.Help))
	for _, a := range n.Positional {
		if a.Help != "" {
			fmt.Fprintf(w, ".TP\n\\fI%s\\fR\n%s\n", roff(a.Name), roff(a.Help))
		}
	}
	for _, f := range n.Flags {
		manFlag(w, f)
	}
	for _, child := range n.Children {
		manCommandOf(w, child)
	}
}

func manFlag(w io.Writer, f *kong.Flag) {
	if f.Hidden {
		return
	}
	name := "--" + f.Name
	if f.Short != 0 {
		name = "-" + string(f.Short) + ", " + name
	}
	fmt.Fprintf(w, ".TP\n\\fB%s\\fR", roff(name))
	if !f.IsBool() {
		fmt.Fprintf(w, " \\fI%s\\fR", roff(cmp.Or(f.PlaceHolder, f.Enum, "VALUE")))
	}
	text := f.Help
	if f.HasDefault && f.Default != "" && !f.IsBool() {
		text += " Default: " + f.Default + "."
	}
	fmt.Fprintf(w, "\n%s\n", roff(text))
}

// roff makes a text one that roff takes for a text: a hyphen is one that can be copied, and no line is a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, `"`, `\(dq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
		if l == "" {
			lines[i] = ".PP" // a paragraph of the description
		}
	}
	return strings.Join(lines, "\n")
}
