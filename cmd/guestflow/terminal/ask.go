package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"guestflow/importer/visible"
	"guestflow/tokencache/secret"
)

// ErrDeclined ends a command whose question was not answered with yes.
var ErrDeclined = errors.New("not done: no confirmation")

// Confirm asks a question at the terminal. It returns nil for yes, which may also come as a flag, and ErrDeclined
// otherwise.
func Confirm(ctx context.Context, std Output, question string, yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		PrintLine(std.Err, question)
		return fmt.Errorf("%w; without a terminal, add --yes", ErrDeclined)
	}
	fmt.Fprint(std.Err, visible.Line(question)+" [y/N] ")
	answer, err := await(ctx, func() (string, error) { return bufio.NewReader(os.Stdin).ReadString('\n') })
	if ctx.Err() != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return ErrDeclined
}

// ReadPassword reads a line from a terminal without showing it.
func ReadPassword(ctx context.Context, terminal int) (secret.Text, error) {
	text, err := await(ctx, func() (string, error) {
		raw, err := term.ReadPassword(terminal)
		return string(raw), err
	})
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return secret.Text(strings.TrimRight(text, "\r\n")), nil
}

// ReadLine reads a line of standard input, of at most some bytes, without blanks around it.
func ReadLine(ctx context.Context, most int64) (string, error) {
	line, err := await(ctx,
		func() (string, error) { return bufio.NewReader(io.LimitReader(os.Stdin, most)).ReadString('\n') })
	if errors.Is(err, io.EOF) { // the last line may have no end
		err = nil
	}
	return strings.TrimSpace(line), err
}

// await returns what a read of the terminal returns, or the error of ctx when that ends: the read itself cannot be
// cancelled.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := read()
		answered <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-answered:
		return a.text, a.err
	}
}
