package main

import (
	"fmt"
	"io"
	"os"
	"reflect"

	"guestflow/importer/visible"
)

// safeOutput gives where a command writes: whatever it prints, nothing in it is a command to a terminal. Package visible says more.
func safeOutput(out, stderr io.Writer) output {
	return output{visible.NewWriter(out), visible.NewWriter(stderr)}
}

// fileOf gives the file behind a command's output, for what draws on a terminal by itself.
func fileOf(out io.Writer) (file *os.File, is bool) {
	if w, wrapped := out.(*visible.Writer); wrapped {
		out = w.Unwrap()
	}
	file, is = out.(*os.File)
	return file, is
}

// printf prints for people. A line and a cell are what the format makes one: no file's name and no server's text breaks out of it.
func printf(to io.Writer, format string, args ...any) {
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

// printLine prints a line for people.
func printLine(to io.Writer, text string) { fmt.Fprintln(to, visible.Line(text)) }
