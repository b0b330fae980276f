package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// screen is a guestflow process on a terminal of its own.
type screen struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	log  *testkit.Log
	done chan struct{}
}

func (h *house) screen(columns, rows uint16, args ...string) *screen {
	h.t.Helper()
	c := &screen{t: h.t, cmd: h.command(args...), log: &testkit.Log{}, done: make(chan struct{})}
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
func (c *screen) until(words string) {
	c.t.Helper()
	from, deadline := c.log.Len(), time.After(testkit.Patience)
	shown := func() bool { return strings.Contains(c.log.String()[from:], words) }
	for more := c.log.More(); !shown(); more = c.log.More() {
		select {
		case <-more:
		case <-c.done:
			if !shown() {
				c.t.Fatalf("it ended without %q: %q", words, c.log)
			}
			return
		case <-deadline:
			c.t.Fatalf("it never showed %q: %q", words, c.log)
		}
	}
}

// end waits until the process has ended, and gives its exit code, its pictures, and what it left on the terminal.
func (c *screen) end() (code int, pictures []string, left string) {
	c.t.Helper()
	testkit.Receive(c.t, c.done, "the end of the process", c.log)
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

// moving is a house in which an import of 1000 rows takes minutes, unless its limits are lifted.
func moving(t *testing.T) (h *house, id string) {
	t.Helper()
	h = newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_RATE_PER_MINUTE=600",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=600")
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run", "--listen=127.0.0.1:0")
	h.must("import", h.file("guests with a name that is far too long for a narrow window.csv", 1000), event, template)
	return h, h.status().ID
}

func (h *house) liftLimits() {
	h.t.Helper()
	h.must("limits", "set", "--rate-per-minute=none", "--send-rate-per-minute=none")
}

// percents is how many different ones were shown so far.
func (c *screen) percents() int {
	shown := map[string]bool{}
	for _, p := range regexp.MustCompile(` \d+ %`).FindAllString(c.log.String(), -1) {
		shown[p] = true
	}
	return len(shown)
}

func TestAWatchShowsHowAnImportGoesOnAndEndsWithIt(t *testing.T) {
	t.Parallel()
	h, id := moving(t)
	watch := h.screen(40, 24, "status", "--watch", id, "--every=200ms")
	testkit.Eventually(t, "it shows progress", func() bool { return watch.percents() >= 3 }, watch.log)
	h.liftLimits()
	code, pictures, left := watch.end()
	if code != exit.OK {
		t.Fatalf("exit %d after %d pictures: %q", code, len(pictures), pictures)
	}
	for _, p := range pictures {
		if widest(p) > 40 {
			t.Errorf("a picture is wider than its window: %q", p)
		}
	}
	if !strings.Contains(left, "1000 accepted") || !strings.Contains(left, " 100 %") ||
		!strings.Contains(left, "finished at") || widest(left) > 40 {
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
	h.must("import", h.file("guests.csv", 30), event, template) // and there is no worker
	for _, key := range []string{"q", "\x03"} {
		for _, command := range [][]string{{"status", "--watch"}, {"top"}} {
			c := h.screen(100, 30, append(command, "--every=1h")...)
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
			if code != exit.OK || widest(last) > 50 || strings.Count(last, "\n") > 5 {
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
	watch, said := h.command("status", "--watch", id, "--every=200ms"), &testkit.Log{}
	watch.Stdout = said
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = watch.Process.Kill() })
	said.WaitFor(t, "rows settled")
	h.liftLimits()
	if err := watch.Wait(); err != nil || strings.Contains(said.String(), "\x1b") ||
		!strings.HasSuffix(said.String(), "is finished: 1000 accepted\n") {
		t.Fatalf("%v, %q", err, said)
	}
	out := h.must("top", "--json", "--times=2", "--every=10ms")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		var o struct {
			Ended []struct {
				ID string `json:"id"`
			} `json:"ended"`
			Workers int `json:"workers"`
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil || len(o.Ended) != 1 || o.Ended[0].ID != id ||
			o.Workers != 1 || len(lines) != 2 {
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
	d.End(syscall.SIGINT)
	if code := d.Cmd.ProcessState.ExitCode(); code != exit.Interrupted {
		t.Fatalf("exit %d", code)
	}
}
