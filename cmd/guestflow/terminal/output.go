package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"guestflow/importer/visible"
)

// Tell prints the result of a command: one JSON document with --json, or else a sentence.
func (o Output) Tell(v any, format string, args ...any) error {
	if o.JSON {
		return o.Encode(v)
	}
	_, err := fmt.Fprintf(o.Out, format+"\n", inLine(args)...)
	return err
}

// Encode prints one JSON document.
func (o Output) Encode(v any) error {
	if err := json.NewEncoder(o.Out).Encode(v); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// Say prints a line about what a command does; with --json nothing. An empty text prints nothing.
func (o Output) Say(text string) {
	if text != "" && !o.JSON {
		PrintLine(o.Out, text)
	}
}

// Aside returns where to print what is not a command's result: standard error with --json, where scripts read the other one.
func (o Output) Aside() io.Writer {
	if o.JSON {
		return o.Err
	}
	return o.Out
}

// Complaint is what stands on standard error when a command with --json fails, as its last line: the log may stand before it.
type Complaint struct {
	Error string `json:"error"`
	Code  int    `json:"code"` // the exit code
}

// Complain says on standard error what went wrong.
func Complain(to io.Writer, asJSON bool, text string, code int) {
	if asJSON {
		_ = json.NewEncoder(to).Encode(Complaint{Error: text, Code: code}) // there is nobody else to tell
		return
	}
	fmt.Fprintf(to, "guestflow: %s\n", strings.ReplaceAll(text, "\n", "\n  ")) // several errors; no line but the first is ours
}

// Output is where a command writes: its result to out, everything else to err.
type Output struct {
	Out, Err io.Writer
	JSON     bool // results are JSON documents (--json)
}

// NewOutput returns an output whose writers show control characters instead of sending them to a terminal (package visible).
func NewOutput(out, stderr io.Writer) Output {
	return Output{Out: visible.NewWriter(out), Err: visible.NewWriter(stderr)}
}

// fileOf gives the file behind a command's output, for what draws on a terminal by itself.
func fileOf(out io.Writer) (file *os.File, is bool) {
	if w, wrapped := out.(*visible.Writer); wrapped {
		out = w.Unwrap()
	}
	file, is = out.(*os.File)
	return file, is
}

// Printf prints for people. A line and a cell are what the format makes one: no file's name and no server's text breaks out of it.
func Printf(to io.Writer, format string, args ...any) {
	fmt.Fprintf(to, format, inLine(args)...)
}

func inLine(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		safe[i] = lineOf(arg)
	}
	return safe
}

func lineOf(arg any) any {
	switch v := arg.(type) {
	case error:
		return visible.Line(v.Error())
	case fmt.Stringer:
		return visible.Line(v.String())
	}
	if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
		return visible.Line(v.String())
	}
	return arg
}

// PrintLine prints a line for people.
func PrintLine(to io.Writer, text string) { fmt.Fprintln(to, visible.Line(text)) }
