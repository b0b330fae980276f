package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"guestflow/cmd/guestflow/completion"
	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish; the script's first lines say how it is loaded."`
}

// Run prints the script of a shell.
func (c *completionCommand) Run(std terminal.Output) error {
	script, err := completion.Script(c.Shell)
	if err != nil {
		return err
	}
	_, err = std.Out.Write(script)
	return err
}

// completeCommand is the hidden command that the scripts call: guestflow complete WORD..., with the words as far as
// they are typed. It is no command of kong's, for it must work with settings that are wrong: that is when flags are
// looked for.
const completeCommand = "complete"

// completeWithin is as long as an operator waits after pressing a key.
const completeWithin = 700 * time.Millisecond

// complete prints what the last of the words may become, one a line. It prints no errors.
func complete(ctx context.Context, words []string, out io.Writer) {
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	file, err := config.ReadFile(words)
	if err != nil { // no profiles then
		if file, err = config.ReadFile([]string{"--config=/dev/null"}); err != nil {
			return
		}
	}
	parser, err := newParser(&cli{}, file, terminal.Output{Out: io.Discard, Err: io.Discard})
	if err != nil {
		return
	}
	line := completion.Parse(parser.Model.Node, words)
	line.Complete(out, func(v *kong.Value) []completion.Choice { return completed(ctx, v, line, file) })
}

// completed returns what a flag or an argument may be.
func completed(ctx context.Context, v *kong.Value, line *completion.Line, file *config.File) []completion.Choice {
	switch {
	case v.Name == "profile":
		return completion.Words(slices.Sorted(maps.Keys(file.Profiles)))
	case v.Name == "account":
		return completion.Words(file.Accounts())
	case v.Name == "id":
		return completedImports(ctx, line, file)
	case v.Tag.Type == "path" || v.Name == "file" || strings.HasSuffix(v.Name, "-file"):
		return []completion.Choice{completion.File}
	}
	return nil
}

// importsOffered is about as many as an operator reads through.
const importsOffered = 50

// completedImports returns the ids of imports that the command can do something with.
func completedImports(ctx context.Context, line *completion.Line, file *config.File) (list []completion.Choice) {
	c, _, err := read(append(line.Globals(), "imports"), file, terminal.Output{Out: io.Discard, Err: io.Discard})
	if err != nil || !storeRuns(ctx, &c.Settings) {
		return nil
	}
	a, err := program.OpenLedger(ctx, &c.Settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil
	}
	defer a.Close()
	imports, err := a.Ledger.Imports(ctx, importsOffered)
	if err != nil {
		return nil
	}
	for _, i := range imports {
		if hasEffect(line.Command(), i) {
			about := fmt.Sprintf("%s, %s, %s", filepath.Base(i.Source), plural.Of(i.Rows, "row"),
				i.Started.Local().Format(time.DateTime))
			list = append(list, completion.Choice{Word: i.ID, Help: about})
		}
	}
	return list
}

// hasEffect reports whether a command only shows an import, or would change something about it.
func hasEffect(command string, i ledger.Import) bool {
	changes := false
	for _, v := range operate.Verbs() {
		if name, _, _ := strings.Cut(string(v), " "); name == command {
			if v.HasEffect(i) {
				return true
			}
			changes = true
		}
	}
	return !changes
}

// storeRuns reports whether there is a store to look into: completing a word starts no redis-server.
func storeRuns(ctx context.Context, s *config.Settings) bool {
	if s.RedisURL.Set() {
		return true
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(s.StateDir, "redis", "redis.sock"))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
