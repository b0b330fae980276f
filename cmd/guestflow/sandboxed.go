package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
)

// ofNoAccount are the commands that concern no account, and those that speak of the sandbox by themselves.
var ofNoAccount = []string{"run", "demo", "sandbox", "config", "user", "health", "help", "version", "completion", "man"}

// onSandbox says that a command runs on the sandbox, and returns what says so at its end: numbers of accepted guests
// look the same there.
func onSandbox(s *config.Settings, line *kong.Context, std terminal.Output) (end func()) {
	name, _, _ := strings.Cut(line.Command(), " ")
	if std.JSON || !s.Sandboxed() || slices.Contains(ofNoAccount, name) {
		return func() {}
	}
	terminal.PrintLine(std.Err, "Sandbox: no Qflow account is configured, so that this is practice and nobody is mailed.")
	return func() { terminal.PrintLine(std.Err, "Sandbox: nobody was mailed.") }
}
