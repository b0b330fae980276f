package terminal

import (
	"fmt"
	"strings"

	"guestflow/importer/visible"
)

// tone is the meaning of a piece of text, which its colour shows.
type tone string

// The tones are the parameters of their ANSI sequences. They use the sixteen colours of a terminal's theme.
const (
	normal  tone = ""
	strong  tone = "1"
	faint   tone = "2"
	good    tone = "32"
	waiting tone = "33"
	bad     tone = "31"
	moving  tone = "36"
)

// span is text in one tone.
type span struct {
	text string
	tone tone
}

// Line is one line of a live view.
type Line []span

// Text returns a line without its tones.
func (l Line) Text() string { return l.paint(1<<20, false) }

// paint returns a line with its ANSI sequences, no wider than width.
func (l Line) paint(width int, colour bool) string {
	var b strings.Builder
	for _, s := range l {
		text := []rune(visible.Line(s.text))
		text = text[:min(len(text), max(width, 0))]
		width -= len(text)
		if colour && s.tone != normal {
			fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m", s.tone, string(text))
		} else {
			b.WriteString(string(text))
		}
	}
	return b.String()
}

// flow puts pieces side by side, with dots between them, on as many lines as needed. A sentence breaks at its words.
func flow(width int, pieces ...span) []Line {
	var lines []Line
	left := 0
	add := func(s span) {
		n := len([]rune(s.text))
		if n > left || len(lines) == 0 {
			lines, left = append(lines, nil), width
			s.text = strings.TrimLeft(s.text, " ·")
			n = len([]rune(s.text))
		}
		left -= n
		last := &lines[len(lines)-1]
		if i := len(*last) - 1; i >= 0 && (*last)[i].tone == s.tone {
			(*last)[i].text += s.text
			return
		}
		*last = append(*last, s)
	}
	for i, p := range pieces {
		if i > 0 {
			p.text = " · " + p.text
		}
		if len([]rune(p.text)) <= width {
			add(p)
			continue
		}
		for j, word := range strings.Fields(p.text) {
			if i > 0 || j > 0 {
				word = " " + word
			}
			add(span{word, p.tone})
		}
	}
	return lines
}
