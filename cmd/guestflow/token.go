package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/tokencache"
)

type tokenCommand struct {
	Show   tokenShow   `cmd:"" default:"1" help:"Show generation, age, expiry and holder; never the tokens."`
	Renew  tokenRenew  `cmd:"" help:"Get a new token now, even during a pause for wrong credentials."`
	Forget tokenForget `cmd:"" help:"Forget the tokens; the next call signs in again."`
	Login  tokenLogin  `cmd:"" help:"Sign in with a browser, for accounts without a configured password."`
}

type tokenShow struct{}

func (tokenShow) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return withTokens(ctx, s, func(c *tokencache.Cache) error {
		info, err := c.Inspect(ctx)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(info)
		}
		return printTokens(info, std)
	})
}

func printTokens(i tokencache.Info, std terminal.Output) error {
	t := std.Table()
	line := func(name, format string, args ...any) {
		terminal.Printf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	line("account", "%s", i.Account)
	line("state", "%s", i.State)
	line("generation", "%d", i.Generation)
	if !i.ObtainedAt.IsZero() {
		line("got", "%s ago by the %s grant, by %s", i.Now.Sub(i.ObtainedAt).Round(time.Second), i.Grant, i.By)
		line("expires", "in %s", i.ExpiresAt.Sub(i.Now).Round(time.Second))
		line("refresh token", "%s", refreshText(i))
		line("sealed with", "key %s%s", i.KeyID, unknownKey(i))
	}
	if i.ClaimedBy != "" {
		line("claimed", "by %s, %s ago", i.ClaimedBy, i.Now.Sub(i.ClaimedAt).Round(time.Second))
	}
	if i.SignIn != nil {
		line("sign-in", "fails for %s: %s", i.Now.Sub(i.SignIn.Since).Round(time.Second), i.SignIn.Text())
		line("to do", "%s", i.SignIn.ToDo())
	}
	if !i.PausedUntil.IsZero() {
		line("paused", "for %s (%s)", i.PausedUntil.Sub(i.Now).Round(time.Second), i.PauseReason)
	}
	if i.PausedUntil.IsZero() && i.SignIn == nil && i.Trouble() != "" {
		line("trouble", "%s", i.Trouble())
	}
	if i.Note() != "" {
		line("note", "%s", i.Note())
	}
	return t.Flush()
}

func refreshText(i tokencache.Info) string {
	switch {
	case i.HasRefreshToken:
		return "present"
	case i.RefreshLost != "":
		return fmt.Sprintf("none (%s)", i.RefreshLost)
	}
	return "none"
}

func unknownKey(i tokencache.Info) string {
	if i.KeyKnown {
		return ""
	}
	return ", which this host does not have: give every host the same token_keys"
}

// newToken is what renew and login print with --json; never the token.
type newToken struct {
	Generation uint64    `json:"generation"`
	Expires    time.Time `json:"expires_at"`
}

type tokenRenew struct{}

func (tokenRenew) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return changeTokens(ctx, s, "token renew", func(c *tokencache.Cache) error {
		token, err := c.Renew(ctx)
		if err != nil {
			return err
		}
		return std.Result(newToken{token.Generation, token.Expiry}, "Generation %d is valid until %s.", token.Generation,
			token.Expiry.Local().Format(time.DateTime))
	})
}

type tokenForget struct{}

func (tokenForget) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return changeTokens(ctx, s, "token forget", func(c *tokencache.Cache) error {
		had, err := c.Forget(ctx)
		if err != nil {
			return err
		}
		text := "Forgotten. The next call signs in again."
		if !had {
			text = "There were no tokens."
		}
		return std.Result(map[string]bool{"forgotten": had}, "%s", text)
	})
}

type tokenLogin struct {
	Implicit  bool          `help:"Use the implicit grant, which has no refresh token. Discouraged: work stops when the token expires."`
	Paste     bool          `help:"For a host without a browser: sign in with one anywhere, and paste the address that it ends at."`
	NoBrowser bool          `help:"Do not start a browser, only print the address."`
	Timeout   time.Duration `help:"How long to wait for the login." default:"5m"`
}

func (c *tokenLogin) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	return changeTokens(ctx, s, "token login", func(tokens *tokencache.Cache) error {
		if c.Implicit {
			terminal.PrintLine(std.Err,
				"The implicit grant is discouraged: there will be no refresh token, so work stops when this one expires.")
		}
		if c.Paste {
			return c.paste(ctx, tokens, std)
		}
		token, err := tokens.Login(ctx, tokencache.LoginOptions{Implicit: c.Implicit, Open: func(address string) error {
			terminal.Printf(std.Aside(), "Sign in here: %s\n", address)
			if !c.NoBrowser {
				openBrowser(ctx, address)
			}
			return nil
		}})
		if errors.Is(err, context.DeadlineExceeded) {
			return config.Usagef("no login within %s", c.Timeout)
		}
		if err != nil {
			return err
		}
		return signedIn(token, std)
	})
}

func signedIn(token tokencache.Token, std terminal.Output) error {
	return std.Result(newToken{token.Generation, token.Expiry}, "Signed in. Generation %d is valid until %s.",
		token.Generation, token.Expiry.Local().Format(time.DateTime))
}

// openBrowser tries to; the address is printed in any case.
func openBrowser(ctx context.Context, address string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if err := exec.CommandContext(ctx, name, address).Start(); err != nil { // our own authorization URL
		return
	}
}

// withTokens opens the account's tokens.
func withTokens(ctx context.Context, s *config.Settings, do func(*tokencache.Cache) error) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error { return do(a.Tokens) })
}

// changeTokens is withTokens for what changes them: it is audited.
func changeTokens(ctx context.Context, s *config.Settings, what string, do func(*tokencache.Cache) error) error {
	return program.WithQflow(ctx, s, func(a *program.Account) error {
		return a.Operate().Audited(ctx, cliActor(), what, "tokens", "", func() (string, error) { return "", do(a.Tokens) })
	})
}
