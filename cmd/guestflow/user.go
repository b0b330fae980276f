package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/tokencache/secret"
)

// userCommand edits the console's password file. A running console sees the change at its next request.
type userCommand struct {
	Add    userAdd    `cmd:"" help:"Add a user of the console, or change a user's password and rights."`
	Remove userRemove `cmd:"" help:"Remove a user; sessions end at once."`
	List   userList   `cmd:"" default:"1" help:"List the users and their rights."`
}

// passwordFile is the file that all of them work on. The console's process must be able to read it.
type passwordFile struct {
	Users string `help:"The console's password file." type:"path" required:""`
}

type userAdd struct {
	passwordFile
	Name            string `arg:"" help:"Name to log in with."`
	Operator        bool   `help:"May also start, pause, cancel and retry imports, and change limits."`
	Guests          bool   `help:"May also see guests' names, addresses and the cells of files."`
	NewPasswordFile string `help:"File that holds the new password; - is standard input. Without it, it is asked for at the terminal." placeholder:"FILE"`
}

type userRemove struct {
	passwordFile
	Name string `arg:"" help:"Name to remove."`
}

// userView is a user as user add and user list print it with --json.
type userView struct {
	Guests   bool   `json:"guests"`
	Name     string `json:"name"`
	Operator bool   `json:"operator"`
}

type userList struct{ passwordFile }

// Run adds a user to the file.
func (c *userAdd) Run(ctx context.Context, s *config.Settings, std terminal.Output) error {
	password, err := c.password(ctx, std)
	if err != nil {
		return err
	}
	u := access.User{Name: c.Name, Operator: c.Operator, Guests: c.Guests}
	if err := access.SetUser(c.Users, u, password); err != nil {
		return asUsage(err)
	}
	return std.Result(userView{u.Guests, u.Name, u.Operator}, "%s may log in to the console (%s).", u.Name, u.Rights())
}

// Run removes a user from the file.
func (c *userRemove) Run(_ context.Context, s *config.Settings, std terminal.Output) error {
	if err := access.RemoveUser(c.Users, c.Name); err != nil {
		return asUsage(err)
	}
	return std.Result(map[string]string{"removed": c.Name}, "%s may no longer log in to the console.", c.Name)
}

// Run lists the users in the file.
func (c *userList) Run(_ context.Context, s *config.Settings, std terminal.Output) error {
	users, err := access.ReadUsers(c.Users)
	if err != nil {
		return asUsage(err)
	}
	if std.JSON {
		list := make([]userView, len(users))
		for i, u := range users {
			list[i] = userView{u.Guests, u.Name, u.Operator}
		}
		return std.Encode(list)
	}
	for _, u := range users {
		terminal.Printf(std.Out, "%s\t%s\n", u.Name, u.Rights())
	}
	return nil
}

// password comes from a file, from standard input, or twice from a terminal that does not show it.
func (c *userAdd) password(ctx context.Context, std terminal.Output) (secret.Text, error) {
	stdin := int(os.Stdin.Fd())
	switch {
	case c.NewPasswordFile != "" && c.NewPasswordFile != "-":
		raw, err := os.ReadFile(c.NewPasswordFile)
		if err != nil {
			return "", config.Usagef("--new-password-file cannot be read: %v", err)
		}
		return firstLine(raw)
	case c.NewPasswordFile == "-" || !term.IsTerminal(stdin):
		raw, err := io.ReadAll(io.LimitReader(os.Stdin, 64<<10))
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return firstLine(raw)
	}
	return askTwice(ctx, std, stdin)
}

// firstLine returns the password. Further lines are refused: they would be an unnoticed mistake.
func firstLine(raw []byte) (secret.Text, error) {
	text, err := secret.Decode(raw)
	if err != nil {
		return "", config.Usagef("--new-password-file: %v", err)
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Scan()
	password := secret.Text(lines.Text())
	if lines.Scan() {
		return "", config.Usagef("the new password has more than one line")
	}
	if !password.Set() {
		return "", config.Usagef("the new password is empty; type it at a terminal, or give it by --new-password-file")
	}
	return password, nil
}

func askTwice(ctx context.Context, std terminal.Output, stdin int) (secret.Text, error) {
	before, err := term.GetState(stdin)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	defer func() { _ = term.Restore(stdin, before) }() // an interrupt must not leave it without echo
	var typed [2]secret.Text
	for i, question := range []string{"New password: ", "Once more: "} {
		fmt.Fprint(std.Err, question)
		raw, err := terminal.ReadPassword(ctx, stdin)
		fmt.Fprintln(std.Err)
		if err != nil {
			return "", err
		}
		typed[i] = raw
	}
	if typed[0] != typed[1] {
		return "", config.Usagef("the two passwords differ; nothing was changed")
	}
	return typed[0], nil
}

// asUsage makes a mistake in the console's options or its password file the exit code of one.
func asUsage(err error) error {
	_, option := errors.AsType[*access.UsageError](err)
	_, file := errors.AsType[*access.FileError](err)
	switch {
	case errors.Is(err, access.ErrNoUser):
		return config.Usagef("there is no such user; see guestflow user list")
	case option, file:
		return config.Usagef("%w", err)
	}
	return err
}
