package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTheOverviewIsAScreenThatNamesEveryCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.must("--help")
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	if len(lines) > 35 {
		t.Errorf("it has %d lines", len(lines))
	}
	var words []string
	for _, l := range lines {
		if utf8.RuneCountInString(l) > 80 {
			t.Errorf("longer than a line: %s", l)
		}
		words = append(words, strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == ',' })...)
	}
	named := " " + strings.Join(words, " ") + " "
	for _, c := range commands(t) {
		if !strings.Contains(named, " "+strings.Fields(c)[0]+" ") {
			t.Errorf("it does not name %s", c)
		}
	}
	for _, other := range [][]string{nil, {"help"}} {
		if h.must(other...) != page {
			t.Errorf("guestflow %v prints something else", other)
		}
	}
}

func TestACommandsHelpHasItsOwnFlagsAndAMistakeIsAnsweredWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.must("help", "import")
	if page != h.must("import", "--help") {
		t.Error("help import is not import --help")
	}
	if !strings.Contains(page, "--preview") || strings.Contains(page, "--state-dir") {
		t.Errorf("import's help is not of its own flags:\n%s", page)
	}
	if settings := h.must("help", "settings"); !strings.Contains(settings, "--state-dir") {
		t.Errorf("the settings are not those of all commands:\n%s", settings)
	}
	for line, want := range map[string]string{
		"import --nope x": "guestflow import --help",
		"gate prob":       "guestflow gate --help",
		"frobnicate":      "guestflow --help",
		"help frobnicate": "guestflow --help",
	} {
		if _, errs, code := h.run(strings.Fields(line)...); code != 2 ||
			!strings.HasSuffix(strings.TrimSpace(errs), "see "+want) {
			t.Errorf("guestflow %s ends with %d and says %q, not to see %s", line, code, errs, want)
		}
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if out := h.must("version"); !strings.HasPrefix(out, "guestflow ") || out != h.must("--version") {
		t.Errorf("guestflow version prints %q", out)
	}
}
