// Package completion completes command lines of guestflow: it has the scripts for bash, zsh and fish, and works out
// what a word may become.
//
// The scripts are short, for they call guestflow to work that out: all shells offer the same, and a new flag or command
// is offered as soon as kong knows it.
package completion

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"guestflow/importer/visible"
)

//go:embed guestflow.bash guestflow.zsh guestflow.fish
var scripts embed.FS

// Script returns the script of a shell: bash, zsh or fish.
func Script(shell string) ([]byte, error) {
	script, err := scripts.ReadFile("guestflow." + shell)
	if err != nil {
		return nil, fmt.Errorf("find the script for %s: %w", shell, err)
	}
	return script, nil
}

// Choice is what a word may become, and what that means.
type Choice struct{ Word, Help string }

// File has the shell offer files.
var File = Choice{Word: ":files"}

// Words returns choices without a meaning.
func Words(words []string) (list []Choice) {
	for _, w := range words {
		list = append(list, Choice{Word: w})
	}
	return list
}

// Line is a command line as far as it is typed.
type Line struct {
	node    *kong.Node
	word    string     // that is being typed
	pending *kong.Flag // whose value it is
	arg     int        // which argument of the command it is, from 0
	plain   bool       // behind --, where there are no flags
	globals []string
}

// Parse reads the words of a line; the last one is being typed.
func Parse(root *kong.Node, words []string) *Line {
	if len(words) == 0 {
		words = []string{""}
	}
	l := &Line{node: root, word: words[len(words)-1]}
	for _, w := range words[:len(words)-1] {
		l.pass(w)
	}
	return l
}

// Command returns the name of the command, as far as it is typed.
func (l *Line) Command() string { return l.node.Name }

// Globals returns the flags of all commands on the line, to look things up as this line would.
func (l *Line) Globals() []string { return l.globals }

// pass reads a word that is complete.
func (l *Line) pass(word string) {
	switch {
	case l.pending != nil:
		l.keep(l.pending, word)
		l.pending = nil
	case word == "--":
		l.plain = true
	case strings.HasPrefix(word, "-") && !l.plain:
		l.passFlag(word)
	default:
		i := slices.IndexFunc(l.node.Children, func(n *kong.Node) bool { return n.Name == word })
		if i < 0 {
			l.arg++
			return
		}
		l.node, l.arg = l.node.Children[i], 0
	}
}

func (l *Line) passFlag(word string) {
	name, value, hasValue := strings.Cut(word, "=")
	switch flag := l.flag(name); {
	case flag == nil:
	case hasValue || flag.IsBool():
		l.keep(flag, value)
	default:
		l.pending = flag
	}
}

// keep remembers a flag that all commands have.
func (l *Line) keep(flag *kong.Flag, value string) {
	if !flag.IsBool() && slices.Contains(l.root().Flags, flag) {
		l.globals = append(l.globals, "--"+flag.Name+"="+value)
	}
}

func (l *Line) root() *kong.Node {
	n := l.node
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func (l *Line) flags() []*kong.Flag { return slices.Concat(l.node.AllFlags(true)...) }

func (l *Line) flag(name string) *kong.Flag {
	for _, f := range l.flags() {
		if "--"+f.Name == name || f.Short != 0 && "-"+string(f.Short) == name {
			return f
		}
	}
	return nil
}

// Complete prints what the last word may become, one choice a line. values returns what a flag or an argument may be
// that is no enumeration.
func (l *Line) Complete(out io.Writer, values func(*kong.Value) []Choice) {
	for _, c := range l.choices(values) {
		if c != File && !strings.HasPrefix(c.Word, l.word) {
			continue
		}
		fmt.Fprint(out, visible.Line(c.Word))
		if c.Help != "" {
			fmt.Fprint(out, "\t"+visible.Line(c.Help))
		}
		fmt.Fprintln(out)
	}
}

func (l *Line) choices(values func(*kong.Value) []Choice) (list []Choice) {
	of := func(v *kong.Value) []Choice {
		if v.Enum != "" {
			return Words(v.EnumSlice())
		}
		return values(v)
	}
	name, _, hasValue := strings.Cut(l.word, "=")
	switch {
	case l.pending != nil:
		return of(l.pending.Value)
	case l.plain || !strings.HasPrefix(l.word, "-"):
		return l.words(of)
	case hasValue:
		return l.valuesOf(name, of)
	}
	for _, f := range slices.Backward(l.flags()) { // the command's own first
		list = append(list, Choice{"--" + f.Name, firstSentence(f.Help)})
	}
	return list
}

// valuesOf returns the choices for --name=.
func (l *Line) valuesOf(name string, of func(*kong.Value) []Choice) (list []Choice) {
	flag := l.flag(name)
	if flag == nil {
		return nil
	}
	for _, v := range of(flag.Value) {
		if v != File {
			v.Word = name + "=" + v.Word
		}
		list = append(list, v)
	}
	return list
}

// words returns the commands that may follow, or the values of the argument that is due.
func (l *Line) words(of func(*kong.Value) []Choice) (list []Choice) {
	for _, n := range l.node.Children {
		if !n.Hidden {
			list = append(list, Choice{n.Name, firstSentence(n.Help)})
		}
	}
	args := l.node.Positional
	switch n := len(args); {
	case l.arg < n:
		list = append(list, of(args[l.arg])...)
	case n > 0 && args[n-1].IsCumulative():
		list = append(list, of(args[n-1])...)
	}
	return list
}

// firstSentence returns as much of a help text as there is room for beside a word.
func firstSentence(help string) string {
	help, _, _ = strings.Cut(help, "; ")
	help, _, _ = strings.Cut(help, ". ")
	return strings.TrimSuffix(help, ".")
}
