package main

import (
	"context"
	"embed"
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

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer/ledger"
	"guestflow/importer/visible"
)

// completionCommand prints a shell's script. It is short, for it asks this program what a word may become: so all three shells
// offer the same, and flags and commands are there as soon as kong knows them.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish; the script's first lines say how it is loaded."`
}

//go:embed completion
var completions embed.FS

// Run prints the script.
func (c *completionCommand) Run(std terminal.Output) error {
	script, err := completions.ReadFile("completion/guestflow." + c.Shell)
	if err != nil {
		return fmt.Errorf("find the script for %s: %w", c.Shell, err)
	}
	_, err = std.Out.Write(script)
	return err
}

// askedByShell is the hidden command that the scripts call: guestflow complete WORD..., with the words as far as they are typed.
// It is no command of kong's, for it must work where the settings do not: that is when flags are looked for.
const askedByShell = "complete"

// completeWithin is as long as somebody who has pressed a key waits gladly.
const completeWithin = 700 * time.Millisecond

// choice is what a word may become, and what that means.
type choice struct{ word, help string }

// pickFile has the shell offer files.
var pickFile = choice{word: ":files"}

// complete prints what the last of the words may become, one a line. It is silent about all that goes wrong.
func complete(ctx context.Context, words []string, out io.Writer) {
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	c, err := typedSoFar(words)
	if err != nil {
		return
	}
	for _, choice := range c.choices(ctx) {
		if choice.word != pickFile.word && !strings.HasPrefix(choice.word, c.word) {
			continue
		}
		fmt.Fprint(out, visible.Line(choice.word))
		if choice.help != "" {
			fmt.Fprint(out, "\t"+visible.Line(choice.help))
		}
		fmt.Fprintln(out)
	}
}

// completion is how far a command line has got.
type completion struct {
	node    *kong.Node
	word    string     // that is being typed
	waiting *kong.Flag // whose value it is
	arg     int        // which argument of the command it is, from 0
	plain   bool       // behind --, where no flags are
	global  []string   // flags of all commands, for looking things up as this line would
	file    *config.File
}

func typedSoFar(words []string) (*completion, error) {
	if len(words) == 0 {
		words = []string{""}
	}
	file, err := config.ReadFile(words)
	if err != nil { // no profiles then
		if file, err = config.ReadFile([]string{"--config=/dev/null"}); err != nil {
			return nil, err
		}
	}
	parser, err := newParser(&cli{}, file, terminal.Output{Out: io.Discard, Err: io.Discard})
	if err != nil {
		return nil, err
	}
	c := &completion{node: parser.Model.Node, word: words[len(words)-1], file: file}
	for _, w := range words[:len(words)-1] {
		c.pass(w)
	}
	return c, nil
}

// pass goes past a word that is complete.
func (c *completion) pass(word string) {
	switch {
	case c.waiting != nil:
		c.keep(c.waiting, word)
		c.waiting = nil
	case word == "--":
		c.plain = true
	case strings.HasPrefix(word, "-") && !c.plain:
		name, value, whole := strings.Cut(word, "=")
		switch flag := c.flag(name); {
		case flag == nil:
		case whole || flag.IsBool():
			c.keep(flag, value)
		default:
			c.waiting = flag
		}
	default:
		i := slices.IndexFunc(c.node.Children, func(n *kong.Node) bool { return n.Name == word })
		if i < 0 {
			c.arg++
			return
		}
		c.node, c.arg = c.node.Children[i], 0
	}
}

// keep remembers what the command line says of where to look.
func (c *completion) keep(flag *kong.Flag, value string) {
	if flag.IsBool() || !slices.Contains(c.root().Flags, flag) {
		return
	}
	c.global = append(c.global, "--"+flag.Name+"="+value)
}

func (c *completion) root() *kong.Node {
	n := c.node
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func (c *completion) flags() []*kong.Flag { return slices.Concat(c.node.AllFlags(true)...) }

func (c *completion) flag(name string) *kong.Flag {
	for _, f := range c.flags() {
		if "--"+f.Name == name || f.Short != 0 && "-"+string(f.Short) == name {
			return f
		}
	}
	return nil
}

func (c *completion) choices(ctx context.Context) (list []choice) {
	name, _, whole := strings.Cut(c.word, "=")
	switch {
	case c.waiting != nil:
		return c.values(ctx, c.waiting.Value)
	case c.plain || !strings.HasPrefix(c.word, "-"):
		return c.words(ctx)
	case whole:
		flag := c.flag(name)
		if flag == nil {
			return nil
		}
		for _, v := range c.values(ctx, flag.Value) {
			if v != pickFile {
				v.word = name + "=" + v.word
			}
			list = append(list, v)
		}
		return list
	}
	for _, f := range slices.Backward(c.flags()) { // the command's own first
		list = append(list, choice{"--" + f.Name, firstSentence(f.Help)})
	}
	return list
}

// words are the commands that may come, or the values of the argument that is due.
func (c *completion) words(ctx context.Context) (list []choice) {
	for _, n := range c.node.Children {
		if !n.Hidden {
			list = append(list, choice{n.Name, firstSentence(n.Help)})
		}
	}
	args := c.node.Positional
	switch n := len(args); {
	case c.arg < n:
		list = append(list, c.values(ctx, args[c.arg])...)
	case n > 0 && args[n-1].IsCumulative():
		list = append(list, c.values(ctx, args[n-1])...)
	}
	return list
}

// values are what a flag or an argument may be.
func (c *completion) values(ctx context.Context, v *kong.Value) (list []choice) {
	switch {
	case v.Enum != "":
		return choicesOf(v.EnumSlice())
	case v.Name == "profile":
		return choicesOf(slices.Sorted(maps.Keys(c.file.Profiles)))
	case v.Name == "account":
		return choicesOf(c.file.Accounts())
	case v.Name == "id":
		return c.imports(ctx)
	case v.Tag.Type == "path" || v.Name == "file" || strings.HasSuffix(v.Name, "-file"):
		return []choice{pickFile}
	}
	return nil
}

func choicesOf(words []string) (list []choice) {
	for _, w := range words {
		list = append(list, choice{word: w})
	}
	return list
}

// importsOffered is about as many as a person looks through.
const importsOffered = 50

// imports are the ids that the command can do something with.
func (c *completion) imports(ctx context.Context) (list []choice) {
	line, _, err := read(append(c.global, "imports"), c.file, terminal.Output{Out: io.Discard, Err: io.Discard})
	if err != nil || !storeRuns(ctx, &line.Settings) {
		return nil
	}
	a, err := program.OpenLedger(ctx, &line.Settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil
	}
	defer a.Close()
	all, err := a.Ledger.Imports(ctx, importsOffered)
	if err != nil {
		return nil
	}
	for _, i := range all {
		if c.concerns(i) {
			list = append(list, choice{i.ID, fmt.Sprintf("%s, %d rows, %s", filepath.Base(i.Source), i.Rows, i.Started.Local().Format(time.DateTime))})
		}
	}
	return list
}

// concerns tells whether the command would change anything about an import, or only shows it.
func (c *completion) concerns(i ledger.Import) bool {
	steers := false
	for _, v := range operate.Verbs() {
		if name, _, _ := strings.Cut(string(v), " "); name == c.node.Name {
			if v.HasEffect(i) {
				return true
			}
			steers = true
		}
	}
	return !steers
}

// storeRuns reports whether there is a store to look into. A key pressed in a shell starts no redis-server.
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

// firstSentence is as much of a help text as has room beside a word.
func firstSentence(help string) string {
	help, _, _ = strings.Cut(help, "; ")
	help, _, _ = strings.Cut(help, ". ")
	return strings.TrimSuffix(help, ".")
}
