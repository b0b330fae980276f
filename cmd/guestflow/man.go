package main

import (
	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/manual"
	"guestflow/cmd/guestflow/terminal"
)

type manCommand struct{}

// Run prints the manual page: guestflow man | man -l -
func (manCommand) Run(line *kong.Context, std terminal.Output) error {
	return manual.Write(std.Out, line.Model)
}
