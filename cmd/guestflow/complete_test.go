package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// offered gives the words that are offered for the last one.
func (h *house) offered(words ...string) (list []string) {
	h.t.Helper()
	out, errs, code := h.run(append([]string{"complete"}, words...)...)
	if code != exit.OK || errs != "" {
		h.t.Fatalf("%v: exit %d, %s", words, code, errs)
	}
	for line := range strings.Lines(out) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		list = append(list, word)
	}
	return list
}

func TestWordsAreCompleted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_CLIENT_ID=half-configured")
	h.write("guestflow.yaml",
		"profiles: {gala: {event: x}, ball: {event: y}}\naccounts: {north: {client_id: n}, south: {client_id: s}}\n")
	cases := map[string]struct {
		words []string
		want  string // :none for nothing
	}{
		"a command":                  {[]string{"impo"}, "import imports"},
		"a command below":            {[]string{"token", "re"}, "renew"},
		"after a flag and its value": {[]string{"--redis-url", "x", "ga"}, "gate"},
		"an argument's values":       {[]string{"gate", "probe", "t"}, "trust"},
		"a flag":                     {[]string{"import", "--dry"}, "--dry-run"},
		"a flag of all":              {[]string{"import", "--redis-"}, "--redis-url"},
		"a flag's values":            {[]string{"status", "--log-format", ""}, "text json"},
		"a flag's values with =":     {[]string{"status", "--log-format=j"}, "--log-format=json"},
		"a profile":                  {[]string{"import", "--profile", ""}, "ball gala"},
		"an account":                 {[]string{"--account", "n"}, "north"},
		"a shell":                    {[]string{"completion", "z"}, "zsh"},
		"a file":                     {[]string{"import", "gue"}, ":files"},
		"a second file":              {[]string{"import", "a.csv", "gue"}, ":files"},
		"a file of a flag":           {[]string{"--config", "gue"}, ":files"},
		"a file of a secret":         {[]string{"run", "--tls-key=se"}, ":files"},
		"no setting without a flag":  {[]string{"--redis-rep"}, ""},
		"no flag behind --":          {[]string{"import", "--", "--dry"}, ":files"},
		"no third argument":          {[]string{"gate", "probe", "trust", ""}, ""},
		"nothing of the unknown":     {[]string{"--nope=x"}, ""},
		"an id without a store":      {[]string{"pause", ""}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := h.offered(c.words...); strings.Join(got, " ") != c.want {
				t.Fatalf("%v: %v, want %s", c.words, got, c.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(h.dir, ".guestflow")); err == nil {
		t.Fatal("a key pressed in a shell started a store")
	}
}

func TestOnlyImportsThatCanBeSteeredSoAreOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	redis := "--redis-url=" + redistest.Start(t).URL() // on the command line, which the completion is to heed
	h.must("import", h.file("one.csv", 3), event, template, redis)
	h.must("import", h.file("two.csv", 4), event, template, redis)
	// A completion that takes too long offers nothing, which a busy machine may need more than one try for.
	offers := func(command string, want func(ids []string) bool) (ids []string) {
		t.Helper()
		testkit.Eventually(t, "the right imports are offered for "+command, func() bool {
			ids = h.offered(redis, command, "")
			return want(ids)
		})
		return ids
	}
	ids := offers("status", func(ids []string) bool { return len(ids) == 2 })
	h.must("pause", ids[0], redis)
	offers("resume", func(got []string) bool { return slices.Equal(got, ids[:1]) })
	offers("pause", func(got []string) bool { return slices.Equal(got, ids[1:]) })
}

// install puts a guestflow on the PATH of the house, and its scripts beside it.
func (h *house) install() {
	h.t.Helper()
	if err := os.Symlink(h.kit().Program, filepath.Join(h.dir, "guestflow")); err != nil {
		h.t.Fatal(err)
	}
	for i, v := range h.env {
		if path, is := strings.CutPrefix(v, "PATH="); is {
			h.env[i] = "PATH=" + h.dir + ":" + path
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		h.write("script."+shell, h.must("completion", shell))
	}
	h.write("guests.csv", "")
	h.write("guest list.csv", "")
}

func (h *house) shell(name, program string) string {
	h.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		h.t.Skipf("there is no %s here", name)
	}
	cmd := exec.Command(path, "-c", program)
	cmd.Dir, cmd.Env = h.dir, h.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestBashCompletes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.install()
	for line, want := range map[string]string{
		"guestflow impo":                  "import|imports",
		"guestflow gate probe ":           "trust|comms|plan|auth|send",
		"guestflow status --log-format=j": "json", // what stands before the = stays
		"guestflow import guest":          "guest list.csv|guestflow|guests.csv",
		"guestflow --config=guests":       "guests.csv",
	} {
		got := h.shell("bash", `compopt() { :; }; source script.bash; complete -p guestflow >/dev/null || exit 1
			COMP_LINE='`+line+`'; COMP_POINT=${#COMP_LINE}; _guestflow; printf '%s|' "${COMPREPLY[@]}"`)
		if words := strings.Split(strings.TrimSuffix(got, "|"), "|"); !sameWords(words, strings.Split(want, "|")) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestFishCompletes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.install()
	for line, want := range map[string]string{
		"guestflow impo":                  "import|imports",
		"guestflow gate probe ":           "trust|comms|plan|auth|send",
		"guestflow status --log-format=j": "--log-format=json",
		"guestflow import guests":         "guests.csv",
		"guestflow --config=guests":       "--config=guests.csv",
	} {
		var words []string
		for l := range strings.Lines(h.shell("fish", "source script.fish; complete -C '"+line+"'")) {
			word, _, _ := strings.Cut(strings.TrimSpace(l), "\t")
			words = append(words, word)
		}
		if !sameWords(words, strings.Split(want, "|")) {
			t.Errorf("%q: %q, want %q", line, words, want)
		}
	}
}

// zsh completes in its line editor only, so it gets a terminal.
func TestZshCompletes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.install()
	for line, want := range map[string]string{
		"guestflow imports --si":          "guestflow imports --since",
		"guestflow gate probe tr":         "guestflow gate probe trust",
		"guestflow status --log-format=j": "guestflow status --log-format=json",
		"guestflow import guests":         "guestflow import guests.csv",
		"guestflow --config=guests":       "guestflow --config=guests.csv",
	} {
		got := h.shell("zsh", `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z "PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D -u; source script.zsh
			show() { print -r -- \"<\$BUFFER>\"; exit }; zle -N show; bindkey '^X' show; print rea''dy"
			while zpty -r z line && [[ $line != *ready* ]]; do :; done
			zpty -w -n z '`+line+`'$'\t\x18'
			while zpty -r z line; do print -r -- "$line"; done`)
		if !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func sameWords(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
