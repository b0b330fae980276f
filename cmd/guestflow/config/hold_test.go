package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alecthomas/kong"

	"guestflow/importer/hold"
)

// Promise: neither a flag nor the environment lifts approve_by: other.
func TestOnlyTheFileLiftsTheRuleThatAnotherOperatorApproves(t *testing.T) {
	const other, anyone = "other", "anyone"
	for _, c := range []struct {
		top, profile, environment, typed string

		want bool // another operator approves
	}{
		{top: other, want: true},
		{top: other, typed: anyone, want: true},
		{top: other, environment: anyone, want: true},
		{top: other, environment: anyone, typed: anyone, want: true},
		{top: `" Other "`, typed: anyone, want: true},
		{top: other, profile: other, typed: anyone, want: true},
		{top: other, profile: anyone},
		{top: other, profile: anyone, typed: other, want: true},
		{top: other, profile: anyone, environment: other},
		{top: anyone, profile: other, environment: anyone, typed: anyone, want: true},
		{top: anyone, environment: other, want: true},
		{top: anyone, environment: other, typed: anyone, want: true},
		{top: anyone, typed: other, want: true},
		{top: anyone},
		{environment: other, typed: anyone, want: true},
		{environment: anyone, typed: anyone},
		{typed: other, want: true},
		{},
	} {
		setOrUnset(t, "GUESTFLOW_APPROVE_BY", c.environment)
		file := readWith(t, c.top, c.profile)
		s := &Settings{File: file, Profiles: file.Profiles}
		rules, err := s.HoldRules("gala", holdsTyped(t, file, c.typed))
		if err != nil || rules.ByOther() != c.want {
			t.Errorf("%+v: approve_by is %q (%v)", c, rules.ApproveBy, err)
		}
	}
}

// setOrUnset sets a variable for the rest of the test, or sees to it that there is none.
func setOrUnset(t *testing.T, name, value string) {
	t.Helper()
	t.Setenv(name, value) // it is as before once the test is over
	if value == "" {
		os.Unsetenv(name) //nolint:errcheck // it has none
	}
}

// holdsTyped parses a command line over a file.
func holdsTyped(t *testing.T, file *File, approveBy string) Holds {
	t.Helper()
	var line struct{ hold.Rules }
	parser, err := kong.New(&line, kong.DefaultEnvars("GUESTFLOW"), kong.Resolvers(file))
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	if approveBy != "" {
		args = []string{"--approve-by=" + approveBy}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	return HoldsOf(line.Rules, parsed)
}

// readWith reads a file whose top and whose profile have these rules.
func readWith(t *testing.T, top, profile string) *File {
	t.Helper()
	text := "profiles:\n  gala:\n    event: e\n"
	if profile != "" {
		text += "    approve_by: " + profile + "\n"
	}
	if top != "" {
		text += "approve_by: " + top + "\n"
	}
	path := filepath.Join(t.TempDir(), "guestflow.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFile([]string{"--config=" + path})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
