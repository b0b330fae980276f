// Package terminal is what a command prints and asks: results as text or JSON, questions, and live views of imports.
//
// A file's name, a cell and a server's text reach the terminal only through it, so that none of them is a command to it (package
// visible).
package terminal

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// screen is the whole of a terminal while something live is shown on it. It is a page of its own, so that a picture is simply
// drawn over the last one, whatever size the window has got in between; what was on the terminal before comes back behind it.
// That is all that is wanted of a terminal here: a framework for it would be larger than its user.
type screen struct {
	out     *os.File
	colour  bool
	keys    chan byte
	restore func()

	layout        func(width int) []Line // the last picture
	width, height int
}

// onTerminal takes the terminal over, if there is one that can be drawn on.
func onTerminal(std Output) (s *screen, is bool) {
	out, is := fileOf(std.Out)
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
func (s *screen) draw(layout func(width int) []Line) {
	s.layout = layout
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width < 1 || height < 2 {
		width, height = 80, 24
	}
	s.width, s.height = width, height
	lines := layout(width)
	if len(lines) > height {
		lines = append(lines[:height-1:height-1], Line{{"… and more than this window shows", faint}})
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
