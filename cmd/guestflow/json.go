package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// tell prints what a command has done: as one JSON document for scripts, or else as a sentence for people.
func (s *settings) tell(std output, v any, format string, args ...any) error {
	if s.JSON {
		return json.NewEncoder(std.out).Encode(v)
	}
	_, err := fmt.Fprintf(std.out, format+"\n", inLine(args)...)
	return err
}

// aside is where a command says what is no result: beside what scripts read.
func (s *settings) aside(std output) io.Writer {
	if s.JSON {
		return std.err
	}
	return std.out
}

// complaint is what stands on standard error when a command with --json fails, as its last line: the log may stand before it.
type complaint struct {
	Error string `json:"error"`
	Code  int    `json:"code"` // the exit code
}

// complain says on standard error what went wrong.
func complain(to io.Writer, asJSON bool, text string, code int) {
	if asJSON {
		_ = json.NewEncoder(to).Encode(complaint{Error: text, Code: code}) // there is nobody else to tell
		return
	}
	fmt.Fprintf(to, "guestflow: %s\n", strings.ReplaceAll(text, "\n", "\n  ")) // several errors; no line but the first is ours
}

// wantsJSON tells whether a command line asks for JSON, also one that cannot be read.
func wantsJSON(args []string) bool {
	for _, a := range args {
		switch a {
		case "--json", "--json=true":
			return true
		case "--json=false":
			return false
		}
	}
	is, _ := strconv.ParseBool(os.Getenv("GUESTFLOW_JSON"))
	return is
}
