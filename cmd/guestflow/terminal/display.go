package terminal

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// display draws frames on a whole terminal. It uses the terminal's alternate screen, so that each frame is drawn over
// the last one, even if the window was resized; closing it restores what was there before. Nothing else of a terminal
// is needed here: a framework for it would be larger than its user.
type display struct {
	out     *os.File
	colour  bool
	keys    chan byte
	restore func()

	layout        func(width int) []Line // the last frame
	width, height int
}

// openDisplay takes over the terminal that std writes to, if it writes to one that can be drawn on.
func openDisplay(std Output) (d *display, is bool) {
	out, is := std.file()
	if !is || !term.IsTerminal(int(out.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil, false
	}
	d = &display{out: out, colour: os.Getenv("NO_COLOR") == "", keys: make(chan byte, 1), restore: func() {}}
	in := int(os.Stdin.Fd())
	if before, err := term.MakeRaw(in); err == nil { // keys come at once, and are not shown
		d.restore = func() { _ = term.Restore(in, before) }
		go d.read()
	}
	fmt.Fprint(out, "\x1b[?1049h\x1b[?25l\x1b[?7l") // alternate screen, no cursor, no wrapping
	return d, true
}

// read passes keys on. It ends with the process: a read of a terminal cannot be cancelled.
func (d *display) read() {
	key := make([]byte, 1)
	for {
		if n, err := os.Stdin.Read(key); err != nil || n == 0 {
			return
		}
		d.keys <- key[0]
	}
}

// draw shows a frame. It is written at once, over the last one, as a synchronized update: nothing flickers.
func (d *display) draw(layout func(width int) []Line) {
	d.layout = layout
	width, height, err := term.GetSize(int(d.out.Fd()))
	if err != nil || width < 1 || height < 2 {
		width, height = 80, 24
	}
	d.width, d.height = width, height
	lines := layout(width)
	if len(lines) > height {
		lines = append(lines[:height-1:height-1], Line{{"… and more than this window shows", faint}})
	}
	painted := make([]string, len(lines))
	for i, l := range lines {
		painted[i] = l.paint(width, d.colour) + "\x1b[K"
	}
	fmt.Fprint(d.out, "\x1b[?2026h\x1b[H"+strings.Join(painted, "\r\n")+"\x1b[J\x1b[?2026l")
}

// resizeInterval is how soon a frame fits a resized window. Asking for the size costs little, and works on every
// system.
const resizeInterval = 100 * time.Millisecond

// wait keeps the frame for a while. It reports false if the user ends it, by q, Ctrl-C or a signal.
func (d *display) wait(ctx context.Context, length time.Duration) bool {
	elapsed := time.NewTimer(length)
	defer elapsed.Stop()
	tick := time.NewTicker(resizeInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-elapsed.C:
			return true
		case key := <-d.keys:
			if strings.IndexByte("qQ\x03\x04\x1b", key) >= 0 {
				return false
			}
		case <-tick.C:
			if w, h, err := term.GetSize(int(d.out.Fd())); err == nil && (w != d.width || h != d.height) {
				d.draw(d.layout)
			}
		}
	}
}

// close restores the terminal and prints the last frame on it.
func (d *display) close() {
	fmt.Fprint(d.out, "\x1b[?7h\x1b[?25h\x1b[?1049l")
	d.restore()
	if d.layout == nil {
		return
	}
	for _, l := range d.layout(d.width) {
		fmt.Fprintln(d.out, l.paint(d.width, d.colour))
	}
}
