package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"text/tabwriter"
	"time"

	"guestflow/tokencache"
)

type tokenCommand struct {
	Show   tokenShow   `cmd:"" default:"1" help:"Show generation, age, expiry and who has them; never the tokens."`
	Renew  tokenRenew  `cmd:"" help:"Get a new token now, also after a pause for wrong credentials."`
	Forget tokenForget `cmd:"" help:"Forget the tokens; the next call signs in again."`
	Login  tokenLogin  `cmd:"" help:"Sign in with a browser, for accounts that keep no password here."`
}

type tokenShow struct{}

func (tokenShow) Run(ctx context.Context, s *settings, std output) error {
	return s.withTokens(ctx, func(c *tokencache.Cache) error {
		info, err := c.Inspect(ctx)
		if err != nil {
			return err
		}
		if s.JSON {
			return json.NewEncoder(std.out).Encode(info)
		}
		return printTokens(info, std)
	})
}

func printTokens(i tokencache.Info, std output) error {
	t := tabwriter.NewWriter(std.out, 0, 8, 2, ' ', 0)
	line := func(name, format string, args ...any) { printf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
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
	if !i.PausedUntil.IsZero() {
		line("paused", "for %s (%s)", i.PausedUntil.Sub(i.Now).Round(time.Second), i.PauseReason)
	}
	if i.PausedUntil.IsZero() && i.Trouble() != "" {
		line("trouble", "%s", i.Trouble())
	}
	if i.Note() != "" {
		line("note", "%s", i.Note())
	}
	return t.Flush()
}

// seeTokens gives an app whose books are open a look at the account's tokens; nothing is asked of Qflow. Where that cannot be,
// as without the right to read the sealing key, everything but the tokens is seen. A sandbox in this process has none.
func (a *app) seeTokens() {
	if a.settings.sandboxed() && a.settings.APIURL == "" {
		return
	}
	if err := a.connect(nil); err != nil {
		a.log.Debug("the tokens cannot be looked at", "error", err)
	}
}

// tokenNote says what is odd about the account's tokens, though nothing stands still because of it.
func (a *app) tokenNote(ctx context.Context) string {
	if a.tokens == nil {
		return ""
	}
	info, err := a.tokens.Inspect(ctx)
	if err != nil {
		return ""
	}
	return info.Note()
}

func refreshText(i tokencache.Info) string {
	switch {
	case i.HasRefreshToken:
		return "there"
	case i.RefreshLost != "":
		return fmt.Sprintf("none (%s)", i.RefreshLost)
	}
	return "none"
}

func unknownKey(i tokencache.Info) string {
	if i.KeyKnown {
		return ""
	}
	return ", which this host does not have: give every host the same --token-keys"
}

// newToken is what renew and login print with --json; never the token.
type newToken struct {
	Generation uint64    `json:"generation"`
	Expires    time.Time `json:"expires_at"`
}

type tokenRenew struct{}

func (tokenRenew) Run(ctx context.Context, s *settings, std output) error {
	return s.steerTokens(ctx, "token renew", func(c *tokencache.Cache) error {
		token, err := c.Renew(ctx)
		if err != nil {
			return err
		}
		return s.tell(std, newToken{token.Generation, token.Expiry}, "Generation %d is good until %s.", token.Generation, token.Expiry.Local().Format(time.DateTime))
	})
}

type tokenForget struct{}

func (tokenForget) Run(ctx context.Context, s *settings, std output) error {
	return s.steerTokens(ctx, "token forget", func(c *tokencache.Cache) error {
		had, err := c.Forget(ctx)
		if err != nil {
			return err
		}
		text := "Forgotten. The next call signs in again."
		if !had {
			text = "There were no tokens."
		}
		return s.tell(std, map[string]bool{"forgotten": had}, "%s", text)
	})
}

type tokenLogin struct {
	Implicit  bool          `help:"Take the token from the redirect's fragment, without a refresh token. Discouraged: it ends when the token expires."`
	NoBrowser bool          `help:"Only print the address."`
	Timeout   time.Duration `help:"How long to wait for the person." default:"5m"`
}

func (c *tokenLogin) Run(ctx context.Context, s *settings, std output) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	return s.steerTokens(ctx, "token login", func(tokens *tokencache.Cache) error {
		if c.Implicit {
			printLine(std.err, "The implicit grant is discouraged: there will be no refresh token, so work stops when this one expires.")
		}
		token, err := tokens.Login(ctx, tokencache.LoginOptions{Implicit: c.Implicit, Open: func(address string) error {
			printf(s.aside(std), "Sign in here: %s\n", address)
			if !c.NoBrowser {
				openBrowser(ctx, address)
			}
			return nil
		}})
		if errors.Is(err, context.DeadlineExceeded) {
			return &usageError{fmt.Sprintf("nobody signed in within %s", c.Timeout)}
		}
		if err != nil {
			return err
		}
		return s.tell(std, newToken{token.Generation, token.Expiry}, "Signed in. Generation %d is good until %s.", token.Generation, token.Expiry.Local().Format(time.DateTime))
	})
}

// openBrowser tries; the address stands on the screen in any case.
func openBrowser(ctx context.Context, address string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if err := exec.CommandContext(ctx, name, address).Start(); err != nil { //nolint:gosec // our own authorization URL
		return
	}
}

// withTokens is with, for what concerns tokens only.
func (s *settings) withTokens(ctx context.Context, do func(*tokencache.Cache) error) error {
	return s.with(ctx, func(a *app) error {
		if err := a.connect(nil); err != nil {
			return err
		}
		return do(a.tokens)
	})
}

// steerTokens is withTokens for what changes them, which the audit trail tells.
func (s *settings) steerTokens(ctx context.Context, what string, do func(*tokencache.Cache) error) error {
	return s.with(ctx, func(a *app) error {
		if err := a.connect(nil); err != nil {
			return err
		}
		return a.account().Audited(ctx, cliActor(), what, "tokens", "", func() (string, error) { return "", do(a.tokens) })
	})
}
