package main

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
)

// apiTokenCommand makes and revokes the tokens by which programs use the HTTP API.
type apiTokenCommand struct {
	List   apiTokenList   `cmd:"" default:"1" help:"List the tokens with their rights, and when they were last used; their texts are not kept."`
	Add    apiTokenAdd    `cmd:"" help:"Make a token, and print it once."`
	Revoke apiTokenRevoke `cmd:"" help:"Refuse requests with a token from now on."`
}

type apiTokenList struct{}

// Run lists the tokens.
func (apiTokenList) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		list, err := a.Operate().APITokens(ctx)
		if err != nil {
			return err
		}
		if std.JSON {
			return std.Encode(list)
		}
		if len(list) == 0 {
			terminal.Printf(std.Out, "There are no API tokens. Make one with: guestflow api-token add NAME\n")
			return nil
		}
		t := std.Table()
		terminal.Printf(t, "NAME\tID\tRIGHTS\tMADE\tBY\tEXPIRES\tUSED\n")
		for _, of := range list {
			terminal.Printf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", of.Name, of.ID, of.Rights(), localTime(of.Made), of.By,
				timeOr(of.Expires, "never"),
				timeOr(of.Used, "never"))
		}
		return t.Flush()
	})
}

func timeOr(at *time.Time, otherwise string) string {
	if at == nil {
		return otherwise
	}
	return localTime(*at)
}

type apiTokenAdd struct {
	Name     string        `arg:"" help:"Name of the program that will use it; the audit log names it so."`
	Operator bool          `help:"May also import, steer imports and open gates."`
	Guests   bool          `help:"May also fetch reports, and see what Qflow says of guests."`
	Expires  time.Duration `help:"How long it is valid, such as 2160h; until it is revoked by default." placeholder:"DURATION"`
}

// addedToken is what api-token add prints with --json.
type addedToken struct {
	operate.APIToken
	Token string `json:"token"`
}

// Run makes a token.
func (c *apiTokenAdd) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		wanted := operate.APIToken{Name: c.Name, Operator: c.Operator, Guests: c.Guests}
		if c.Expires != 0 {
			until := time.Now().Add(c.Expires).UTC().Truncate(time.Second)
			wanted.Expires = &until
		}
		text, made, err := a.Operate().AddAPIToken(ctx, cliActor(), wanted)
		if err != nil {
			return err
		}
		terminal.Printf(std.Err,
			"The token of %s (%s) is printed once and not kept. A program sends it as: Authorization: Bearer TOKEN\n", made.Name,
			made.Rights())
		return std.Result(addedToken{made, text.Reveal()}, "%s", text.Reveal())
	})
}

type apiTokenRevoke struct {
	Name string `arg:"" help:"Its name or id; see guestflow api-token list."`
}

// Run revokes a token.
func (c *apiTokenRevoke) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	return program.With(ctx, s, func(a *program.Account) error {
		t, err := a.Operate().RevokeAPIToken(ctx, cliActor(), c.Name)
		if err != nil {
			return err
		}
		return std.Result(map[string]string{"revoked": t.ID}, "The API token %s is revoked.", t.Name)
	})
}
