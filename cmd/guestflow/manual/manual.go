// Package manual writes the manual page of guestflow. It is made from what kong knows, so that it is never out of date.
package manual

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
)

// end is the part of the page behind the exit codes.
const end = `.SH ENVIRONMENT
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

// Write writes the manual page of an application as roff.
func Write(w io.Writer, app *kong.Application) error {
	root := app.Node
	fmt.Fprintf(w, ".TH GUESTFLOW 1 \"\" guestflow \"User Commands\"\n.SH NAME\nguestflow \\- CSV files of event guests become guests of Qflow\n")
	fmt.Fprintf(w, ".SH SYNOPSIS\n\\fBguestflow\\fR \\fIcommand\\fR [\\fIargument\\fR ...] [\\fIflag\\fR ...]\n.SH DESCRIPTION\n%s\n", roff(root.Help))
	fmt.Fprintln(w, ".SH COMMANDS")
	for _, n := range root.Children {
		writeCommand(w, n)
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
		writeFlag(w, f)
	}
	fmt.Fprintln(w, ".SH SETTINGS\nThese are set once, in guestflow.yaml by their key or in the environment, and have no flag.")
	for _, k := range config.Keys(app) {
		if k.Flag == "" {
			fmt.Fprintf(w, ".TP\n\\fB%s\\fR, \\fB%s\\fR\n%s\n", roff(k.Key), roff(k.Variable), roff(k.Meaning()))
		}
	}
	fmt.Fprintln(w, ".SH EXIT STATUS")
	for _, e := range exit.Codes {
		fmt.Fprintf(w, ".TP\n\\fB%d\\fR\n%s\n", e.Code, roff(e.Text))
	}
	_, err := io.WriteString(w, end)
	return err
}

// writeCommand describes a command and the commands below it.
func writeCommand(w io.Writer, n *kong.Node) {
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
		writeFlag(w, f)
	}
	for _, child := range n.Children {
		writeCommand(w, child)
	}
}

func writeFlag(w io.Writer, f *kong.Flag) {
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

// roff escapes a text: a hyphen stays one that can be copied, and no line is a request.
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
