package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"

	"guestflow/importer/visible"
)

// Output is where a command writes: its result to Out, everything else to Err.
type Output struct {
	Out, Err io.Writer
	JSON     bool // results are JSON documents (--json)
}

// NewOutput returns an output whose writers show control characters instead of sending them to a terminal (package
// visible).
func NewOutput(out, stderr io.Writer) Output {
	return Output{Out: visible.NewWriter(out), Err: visible.NewWriter(stderr)}
}

// Result prints the result of a command: one JSON document with --json, or else a sentence.
func (o Output) Result(v any, format string, args ...any) error {
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

// Aside returns where to print what is not a command's result: standard error with --json, for scripts read the other
// one.
func (o Output) Aside() io.Writer {
	if o.JSON {
		return o.Err
	}
	return o.Out
}

// Table returns a writer that aligns the cells of its lines, which end with tabs. It prints when it is flushed.
func (o Output) Table() *tabwriter.Writer { return tabwriter.NewWriter(o.Out, 0, 8, 2, ' ', 0) }

// Failure is the last line on standard error when a command with --json fails; the log may stand before it.
type Failure struct {
	Error string `json:"error"`
	Code  int    `json:"code"` // the exit code
}

// Fail prints on standard error why a command, or a part of it, failed.
func (o Output) Fail(text string, code int) {
	if o.JSON {
		_ = json.NewEncoder(o.Err).Encode(Failure{Error: text, Code: code}) // there is no other place to report it
		return
	}
	// joined errors; only the first line begins so
	fmt.Fprintf(o.Err, "guestflow: %s\n", strings.ReplaceAll(text, "\n", "\n  "))
}

// file returns the file behind a command's output, for what draws on a terminal by itself.
func (o Output) file() (file *os.File, is bool) {
	out := o.Out
	if w, wrapped := out.(*visible.Writer); wrapped {
		out = w.Unwrap()
	}
	file, is = out.(*os.File)
	return file, is
}

// Printf prints text. Only the format breaks lines and separates cells: arguments, such as a file's name or a server's
// text, cannot.
func Printf(to io.Writer, format string, args ...any) {
	fmt.Fprintf(to, format, inLine(args)...)
}

// PrintLine prints a line; the text cannot break it.
func PrintLine(to io.Writer, text string) { fmt.Fprintln(to, visible.Line(text)) }

// inLine returns arguments for a format, their texts on one line.
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

// List returns a list that is [] in JSON, and not null, when it is empty.
func List[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
