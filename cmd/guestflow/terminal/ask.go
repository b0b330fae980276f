package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"guestflow/importer/visible"
	"guestflow/tokencache/secret"
)

// ErrDeclined ends a command whose question was not answered with yes.
var ErrDeclined = errors.New("this was not done, for nobody said yes")

// ReadPassword waits for a line or for an interrupt, whichever comes first.
func ReadPassword(ctx context.Context, terminal int) (secret.Text, error) {
	type answer struct {
		text []byte
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		answered <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-answered:
		if a.err != nil {
			return "", fmt.Errorf("read the password: %w", a.err)
		}
		return secret.Text(strings.TrimRight(string(a.text), "\r\n")), nil
	}
}

// Ask wants a yes from the terminal, or from a flag.
func Ask(ctx context.Context, std Output, question string, yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		PrintLine(std.Err, question)
		return fmt.Errorf("%w; add --yes to say it without a terminal", ErrDeclined)
	}
	fmt.Fprint(std.Err, visible.Line(question)+" [y/N] ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case line := <-answer:
		if line == "y" || line == "yes" {
			return nil
		}
	}
	return ErrDeclined
}
