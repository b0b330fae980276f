package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/tokencache"
)

// pasteRedirect is where a browser ends that may go to any port of its own machine: nothing answers there, and the
// address that is pasted has the code.
const pasteRedirect = "http://127.0.0.1:8019/callback"

// mostPasted bounds what is read of a pasted address, in bytes.
const mostPasted = 16 << 10

// paste signs a person in whose browser is on another machine.
func (c *tokenLogin) paste(ctx context.Context, tokens *tokencache.Cache, std terminal.Output) error {
	if c.Implicit {
		return config.Usagef("--paste is for a login by code; leave out --implicit")
	}
	login, address, err := tokens.BeginLogin(pasteRedirect)
	if err != nil {
		return err
	}
	terminal.Printf(std.Aside(), "Sign in here, with a browser on any machine: %s\n"+
		"It then goes to an address that begins with %s, and may say that this cannot be reached.\nPaste that address here: ",
		address, login.Redirect)
	pasted, err := terminal.ReadLine(ctx, mostPasted)
	if errors.Is(err, context.DeadlineExceeded) {
		return config.Usagef("no address within %s", c.Timeout)
	}
	if err != nil {
		return err
	}
	token, err := tokens.FinishLogin(ctx, login, queryOf(pasted))
	if errors.Is(err, tokencache.ErrOtherLogin) {
		return config.Usagef("%w; paste the whole address, and use it once", err)
	}
	if err != nil {
		return err
	}
	return signedIn(token, std)
}

// queryOf returns the query of a pasted address, or of a part of it.
func queryOf(pasted string) url.Values {
	_, query, found := strings.Cut(pasted, "?")
	if !found {
		query = pasted
	}
	query, _, _ = strings.Cut(query, "#")
	values, _ := url.ParseQuery(query) // what can be read of it
	return values
}
