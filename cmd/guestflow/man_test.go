package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
)

func TestTheManualTellsOfEveryCommandAndExitCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.must("man")
	plain := strings.ReplaceAll(page, `\-`, "-")
	for _, c := range commands(t) {
		if !strings.Contains(plain, `.SS "guestflow `+c) {
			t.Errorf("it does not tell of %s", c)
		}
	}
	for _, part := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT",
		"FILES", "EXAMPLES"} {
		if !strings.Contains(page, ".SH "+part+"\n") {
			t.Errorf("it has no part %s", part)
		}
	}
	for code := range exit.Declined + 1 {
		if !strings.Contains(page, ".TP\n\\fB"+strconv.Itoa(code)+"\\fR\n") {
			t.Errorf("it does not tell of the exit code %d", code)
		}
	}
	for line := range strings.Lines(page) { // what begins with a dot is a request, and these are all
		if strings.HasPrefix(line, ".") && !strings.HasPrefix(line, ".S") && !strings.HasPrefix(line, ".T") &&
			line != ".PP\n" {
			t.Errorf("roff takes this line for a request: %s", line)
		}
	}
	h.write("guestflow.1", page)
	if mandoc, err := exec.LookPath("mandoc"); err == nil {
		if out, err := exec.Command(mandoc, "-Tlint", "-Wwarning",
			filepath.Join(h.dir, "guestflow.1")).CombinedOutput(); err != nil && !strings.Contains(string(out), "missing date") {
			t.Errorf("mandoc: %v\n%s", err, out)
		}
	}
	if groff, err := exec.LookPath("groff"); err == nil {
		if out, err := exec.Command(groff, "-man", "-Tascii", "-ww", "-z",
			filepath.Join(h.dir, "guestflow.1")).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("groff: %v\n%s", err, out)
		}
	}
}

func TestThePageOfSettingsIsOfThisVersion(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if newHouse(t).must("config", "--page") != string(page) {
		t.Error("docs/configuration.md is another: make docs writes it anew")
	}
	for _, k := range config.ProfileHelp() {
		if k.Help == "" {
			t.Errorf("what the key %s of a profile means is not said", k.Key)
		}
	}
}
