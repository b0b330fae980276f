package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"guestflow/importer/visible"
)

// tone is what a piece of text means; a colour says the same.
type tone string

// The tones are the parameters of their ANSI sequences: the sixteen colours that every terminal has and its owner has chosen.
const (
	normal tone = ""
	strong tone = "1"
	faint  tone = "2"
	good   tone = "32"
	waits  tone = "33"
	bad    tone = "31"
	moves  tone = "36"
)

// span is text in one tone, and line is what stands beside each other on the screen.
type (
	span struct {
		text string
		tone tone
	}
	line []span
)

// paint gives a line as a terminal takes it, no wider than width.
func (l line) paint(width int, colour bool) string {
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

// flow puts pieces beside each other, with dots between them, on as many lines as they take. A sentence breaks at its words.
func flow(width int, pieces ...span) []line {
	var lines []line
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

// screen is the whole of a terminal while something live is shown on it. It is a page of its own, so that a picture is simply
// drawn over the last one, whatever size the window has got in between; what was on the terminal before comes back behind it.
// That is all that is wanted of a terminal here: a framework for it would be larger than its user.
type screen struct {
	out     *os.File
	colour  bool
	keys    chan byte
	restore func()

	layout        func(width int) []line // the last picture
	width, height int
}

// onTerminal takes the terminal over, if there is one that can be drawn on.
func onTerminal(std output) (s *screen, is bool) {
	out, is := fileOf(std.out)
	if !is || !term.IsTerminal(int(out.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil, false
	}
	s = &screen{out: out, colour: os.Getenv("NO_COLOR") == "", keys: make(chan byte, 1), restore: func() {}}
	in := int(os.Stdin.Fd())
	if before, err := term.MakeRaw(in); err == nil { // keys come at once, and are not shown
		s.restore = func() { _ = term.Restore(in, before) }
		go s.read()
	}
	fmt.Fprint(out, "\x1b[?1049h\x1b[?25l\x1b[?7l") // a page of its own, no cursor, no wrapping
	return s, true
}

// read ends with the process: a read of a terminal cannot be called off.
func (s *screen) read() {
	key := make([]byte, 1)
	for {
		if n, err := os.Stdin.Read(key); err != nil || n == 0 {
			return
		}
		s.keys <- key[0]
	}
}

// draw shows a picture. It goes out in one piece, over the last one, and the terminal is told to show it as one: nothing flickers.
func (s *screen) draw(layout func(width int) []line) {
	s.layout = layout
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 1 || height < 2 {
		width, height = 80, 24
	}
	s.width, s.height = width, height
	lines := layout(width)
	if len(lines) > height {
		lines = append(lines[:height-1:height-1], line{{"… and more than this window shows", faint}})
	}
	painted := make([]string, len(lines))
	for i, l := range lines {
		painted[i] = l.paint(width, s.colour) + "\x1b[K"
	}
	fmt.Fprint(s.out, "\x1b[?2026h\x1b[H"+strings.Join(painted, "\r\n")+"\x1b[J\x1b[?2026l")
}

// sizeEvery is how soon a picture fits a window that has another size. Asking costs next to nothing, and works on every system.
const sizeEvery = 100 * time.Millisecond

// wait keeps the picture for a while; false when somebody wants it to end, by q, Ctrl-C or a signal.
func (s *screen) wait(ctx context.Context, d time.Duration) bool {
	over := time.NewTimer(d)
	defer over.Stop()
	tick := time.NewTicker(sizeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-over.C:
			return true
		case key := <-s.keys:
			if strings.IndexByte("qQ\x03\x04\x1b", key) >= 0 {
				return false
			}
		case <-tick.C:
			if w, h, err := term.GetSize(int(s.out.Fd())); err == nil && (w != s.width || h != s.height) {
				s.draw(s.layout)
			}
		}
	}
}

// close gives the terminal back and leaves the last picture on it.
func (s *screen) close() {
	fmt.Fprint(s.out, "\x1b[?7h\x1b[?25h\x1b[?1049l")
	s.restore()
	if s.layout == nil {
		return
	}
	for _, l := range s.layout(s.width) {
		fmt.Fprintln(s.out, l.paint(s.width, s.colour))
	}
}
