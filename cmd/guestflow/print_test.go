package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow"
)

// hostileText is what no terminal may get to see: a cleared screen, a title, C1, a line that is not ours, and a
// reversed word.
const hostileText = "\x1b[2J\x1b]0;owned\x07\u009b31m\x9b1m\r\nguestflow: all is well\u202egnorw\u2066\x7f"

// wantHarmless fails for a character that a terminal would obey, and for a line that is not ours.
func wantHarmless(t *testing.T, what, printed string) {
	t.Helper()
	if printed == "" {
		t.Errorf("%s: nothing was printed", what)
	}
	if !utf8.ValidString(printed) {
		t.Errorf("%s is no UTF-8: %q", what, printed)
	}
	for _, r := range printed {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Errorf("%s has %U: %q", what, r, printed)
			break
		}
	}
	for line := range strings.Lines(printed) {
		if strings.HasPrefix(line, "guestflow: all is well") {
			t.Errorf("%s has a line that is not guestflow's: %q", what, printed)
		}
	}
}

func TestNoFileAndNoCellIsACommandToATerminal(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+server.URL())
	header := "First Name,Last Name,Email,\"Seat " + strings.ReplaceAll(hostileText, "\x9b1m", "") + "\""
	list := header + "\n\"Ada" + strings.ReplaceAll(hostileText, "\x9b1m", "") +
		"\",K,ada@guests.example,1\nBob,\u202ex\x1b[1m,no\u009bbody,2\nCyd,Day,cyd@guests.example,3\n"
	name := "list" + strings.ReplaceAll(hostileText, "\x9b1m", "") + ".csv" // the command line takes only UTF-8
	h.write(name, list)

	for _, args := range [][]string{
		{"import", "--preview", "5", "--event", "gala", name},
		{"import", "--yes", name},
		{"import", name + "that is not there"},
		{"import", "--yes", name, name + "that is not there"},
		{"imports"},
		{"status"},
		{"status", "--watch", "--times", "1"},
		{"top", "--times", "1"},
		{"parked"},
		{"report"},
		{"status", "x\x1b[1m\u202e"},
		{"nonsense\x1b[1m\u202e"},
		{"import", "--profile", "x\x1b[1m\u202e", name},
	} {
		out, errs, _ := h.run(args...)
		wantHarmless(t, strings.Join(args[:min(2, len(args))], " "), out+errs)
		out, errs, _ = h.run(append(args, "--json")...)
		wantHarmless(t, args[0]+" --json", out+errs)
		for _, document := range []string{out, lastLine(errs)} {
			if document != "" && !json.Valid([]byte(lastLine(document))) {
				t.Errorf("%s --json printed what is no JSON: %q", args[0], document)
			}
		}
	}
	out, _, _ := h.run("imports", "--json")
	var imports []struct {
		Source string `json:"source"`
	}
	if err := json.Unmarshal([]byte(out), &imports); err != nil || len(imports) == 0 {
		t.Fatalf("imports --json: %v, %s", err, out)
	}
	if base, want := filepath.Base(imports[0].Source), name; base != want {
		t.Errorf("a script reads the name %q, want %q", base, want)
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func TestWhatQflowAnswersIsNoCommandToATerminal(t *testing.T) {
	t.Parallel()
	var out, stderr bytes.Buffer
	std := terminal.NewOutput(&out, &stderr)
	if err := std.Result(nil, "Qflow says: %s, %s and %v", hostileText, errors.New(hostileText),
		qflow.Gate(hostileText)); err != nil {
		t.Fatal(err)
	}
	terminal.Printf(std.Out, "%s\t%s\n", hostileText, "beside")
	terminal.PrintLine(std.Out, hostileText)
	std.Fail(hostileText, exit.Refused)
	std.JSON = true
	std.Fail(hostileText, exit.Refused)
	wantHarmless(t, "standard output", out.String())
	wantHarmless(t, "standard error", stderr.String())
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("three lines became %d: %q", n, out.String())
	}
}

func TestTheLogHasNoCommandToATerminal(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		before := os.Stderr
		os.Stderr = w
		log := (&config.Settings{LogFormat: format}).Logger(false)
		os.Stderr = before
		log.Error("a file "+hostileText, "file", hostileText, "error", errors.New(hostileText))
		_ = w.Close()
		var logged bytes.Buffer
		_, _ = logged.ReadFrom(r)
		wantHarmless(t, "the log as "+format, logged.String())
		if n := strings.Count(logged.String(), "\n"); n != 1 {
			t.Errorf("one line became %d: %q", n, logged.String())
		}
	}
}
