package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// terminal is a guestflow process on a terminal of its own.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	log  *lockedBuffer
	done chan struct{}
}

func (h *house) terminal(columns, rows uint16, args ...string) *terminal {
	h.t.Helper()
	c := &terminal{t: h.t, cmd: h.command(args...), log: &lockedBuffer{grown: make(chan struct{}, 1)}, done: make(chan struct{})}
	c.cmd.Env = append(c.cmd.Env, "TERM=xterm-256color")
	var err error
	if c.tty, err = pty.StartWithSize(c.cmd, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		h.t.Fatal(err)
	}
	go func() {
		defer close(c.done)
		_, _ = io.Copy(c.log, c.tty)
		_ = c.cmd.Wait()
	}()
	h.t.Cleanup(func() { _ = c.cmd.Process.Kill(); <-c.done; _ = c.tty.Close() })
	return c
}

// until waits for words that are shown after those that have been.
func (c *terminal) until(words string) {
	c.t.Helper()
	from, deadline := len(c.log.String()), time.After(2*time.Minute)
	for !strings.Contains(c.log.String()[from:], words) {
		select {
		case <-c.log.grown:
		case <-c.done:
			if !strings.Contains(c.log.String()[from:], words) {
				c.t.Fatalf("it ended without %q: %q", words, c.log)
			}
		case <-deadline:
			c.t.Fatalf("it never showed %q: %q", words, c.log)
		}
	}
}

// end waits until the process has ended, and gives its exit code, its pictures, and what it left on the terminal.
func (c *terminal) end() (code int, pictures []string, left string) {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(2 * time.Minute):
		c.t.Fatalf("it does not end: %q", c.log)
	}
	live, left, back := strings.Cut(c.log.String(), "\x1b[?1049l")
	if !back || !strings.Contains(live, "\x1b[?25l") || !strings.Contains(live, "\x1b[?25h") {
		c.t.Fatalf("the terminal is not as it was: %q", c.log)
	}
	pictures = strings.Split(live, "\x1b[H")[1:]
	return c.cmd.ProcessState.ExitCode(), pictures, left
}

var sequences = regexp.MustCompile(`\x1b\[[?0-9;]*[A-Za-z]`)

// widest is how many columns a picture takes.
func widest(picture string) (n int) {
	for _, line := range strings.Split(sequences.ReplaceAllString(picture, ""), "\n") {
		n = max(n, len([]rune(strings.TrimRight(line, "\r"))))
	}
	return n
}

// moving is a house in which an import of 1000 rows takes a while.
func moving(t *testing.T) (h *house, id string) {
	t.Helper()
	h = newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_RATE_PER_MINUTE=6000", "GUESTFLOW_SEND_RATE_PER_MINUTE=6000")
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run", "--listen=127.0.0.1:0")
	h.must("import", h.file("guests with a name that is far too long for a narrow window.csv", 1000), event, template)
	return h, h.status().ID
}

func TestAWatchShowsHowAnImportGoesOnAndEndsWithIt(t *testing.T) {
	t.Parallel()
	h, id := moving(t)
	code, pictures, left := h.terminal(40, 24, "status", "--watch", id, "--every=200ms").end()
	if code != exitOK || len(pictures) < 3 {
		t.Fatalf("exit %d after %d pictures: %q", code, len(pictures), pictures)
	}
	percents := map[string]bool{}
	for _, p := range pictures {
		percents[regexp.MustCompile(` \d+ %`).FindString(p)] = true
		if widest(p) > 40 {
			t.Errorf("a picture is wider than its window: %q", p)
		}
	}
	if len(percents) < 3 {
		t.Errorf("it shows no progress: %v", percents)
	}
	if !strings.Contains(left, "1000 accepted") || !strings.Contains(left, " 100 %") || !strings.Contains(left, "over since") || widest(left) > 40 {
		t.Errorf("it left %q", left)
	}
	if !strings.Contains(left, "\x1b[32m") {
		t.Errorf("there is no green in %q", left)
	}
}

func TestAWatchFitsItsWindowAndEndsByAKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "NO_COLOR=1")
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.must("import", h.file("guests.csv", 30), event, template) // and nobody works
	for _, key := range []string{"q", "\x03"} {
		for _, command := range [][]string{{"status", "--watch"}, {"top"}} {
			c := h.terminal(100, 30, append(command, "--every=1h")...)
			c.until("no worker is running")
			if err := pty.Setsize(c.tty, &pty.Winsize{Cols: 50, Rows: 6}); err != nil {
				t.Fatal(err)
			}
			c.until("\x1b[J") // drawn anew, long before the next look
			if _, err := c.tty.WriteString(key); err != nil {
				t.Fatal(err)
			}
			code, pictures, left := c.end()
			last := pictures[len(pictures)-1]
			if code != exitOK || widest(last) > 50 || strings.Count(last, "\n") > 5 {
				t.Errorf("%v by %q: exit %d, the last picture: %q", command, key, code, last)
			}
			if !strings.Contains(left, "Nothing moves") || strings.Contains(c.log.String(), "\x1b[3") {
				t.Errorf("%v left %q, colours or not: %q", command, left, last)
			}
		}
	}
}

func TestAWatchWithoutATerminalPrintsLines(t *testing.T) {
	t.Parallel()
	h, id := moving(t)
	out := h.must("status", "--watch", id, "--every=200ms")
	if strings.Contains(out, "\x1b") || !strings.Contains(out, "rows settled") || !strings.HasSuffix(out, "is over: 1000 accepted\n") {
		t.Fatalf("%q", out)
	}
	out = h.must("top", "--json", "--times=2", "--every=10ms")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		var o struct {
			Ended []struct {
				ID string `json:"id"`
			} `json:"ended"`
			Workers int `json:"workers"`
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil || len(o.Ended) != 1 || o.Ended[0].ID != id || o.Workers != 1 || len(lines) != 2 {
			t.Fatalf("%v in %s", err, out)
		}
	}
}

func TestAnInterruptedWatchOfAnImportIsNoSuccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.must("import", h.file("guests.csv", 3), event, template)
	d := h.start("rows settled", "status", "--watch", h.status().ID)
	d.end(syscall.SIGINT)
	if code := d.cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Fatalf("exit %d", code)
	}
}

// unhindered is a budget that nothing holds back.
var unhindered = budget.State{Throttle: 1, Accounts: []budget.RetryBudget{{}}}

func TestABarHasRoomForTheSmallestPart(t *testing.T) {
	t.Parallel()
	var c ledger.Counts
	c[ledger.Accepted], c[ledger.Refused], c[ledger.Queued] = 1_000_000, 1, 1
	for _, width := range []int{8, 40, 200} {
		painted := bar(c, width).paint(width, false)
		if n := len([]rune(painted)); n > width || n > longestBar {
			t.Errorf("%d wide in %d: %q", n, width, painted)
		}
		if width > 8 && (!strings.Contains(painted, "▓") || !strings.Contains(painted, "░")) {
			t.Errorf("something is missing in %q", painted)
		}
	}
}

func TestAFileNameGivesTheTerminalNoCommands(t *testing.T) {
	t.Parallel()
	o := operate.Overview{Budget: unhindered, Running: []operate.Progress{{Import: ledger.Import{ID: "a", Source: "\x1b]0;gotcha\x07\r\n.csv", Rows: 1}}}}
	for _, layout := range []func(operate.Overview, int) []line{picture, ranking} {
		for _, l := range layout(o, 200) {
			if painted := l.paint(200, false); strings.ContainsAny(painted, "\x1b\x07\r\n") {
				t.Errorf("%q", painted)
			}
		}
	}
}

func TestTopShowsWhatMovesFastestFirst(t *testing.T) {
	t.Parallel()
	open := func(id string, rate float64) operate.Progress {
		i := ledger.Import{ID: id, Rows: 10}
		i.Counts[ledger.Queued] = 10
		return operate.Progress{Import: i, Rate: rate}
	}
	o := operate.Overview{Budget: unhindered, Running: []operate.Progress{open("slow", 2), open("stuck", 0), open("quick", 90)}, Ended: []ledger.Import{{ID: "gone", Finished: time.Now()}}}
	var order []string
	for _, l := range ranking(o, 200) {
		if word, _, _ := strings.Cut(l.paint(200, false), " "); slices.Contains([]string{"slow", "stuck", "quick", "gone"}, word) {
			order = append(order, word)
		}
	}
	if fmt.Sprint(order) != "[quick slow stuck gone]" {
		t.Fatal(order)
	}
}
