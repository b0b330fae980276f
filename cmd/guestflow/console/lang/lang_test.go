package lang

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sources are those of the console's pages, by name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../pages/*.html", "../access/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all[strings.TrimSuffix(filepath.Base(f), ".html")] = string(raw)
		}
	}
	return all
}

// translations are all languages but English.
func translations() []*Language { return Languages[1:] }

// lag is how many messages may wait for a translator. They are shown in English.
const lag = 25

// checkLag lists what a catalogue lacks, or has in vain, and fails where that is much.
func checkLag(t *testing.T, found []string) {
	t.Helper()
	slices.Sort(found)
	found = slices.Compact(found)
	for _, m := range found {
		t.Log(m)
	}
	if len(found) > lag {
		t.Errorf("these are %d messages, and %d may wait for a translator", len(found), lag)
	}
}

var literal = regexp.MustCompile(`\bt "([^"]+)"`)

func TestEveryMessageOfAPageHasATranslation(t *testing.T) {
	t.Parallel()
	for _, l := range translations() {
		var missing []string
		for page, source := range sources(t) {
			messages := Messages(source)
			for _, found := range literal.FindAllStringSubmatch(source, -1) {
				messages = append(messages, found[1])
			}
			for _, m := range messages {
				if l.catalogue().messages[m] == "" {
					missing = append(missing, fmt.Sprintf("%s.po lacks, of %s.html:\n%s", l.Name, page, m))
				}
			}
		}
		checkLag(t, missing)
	}
}

var (
	counted         = regexp.MustCompile(`(plural \S+|plural \([^)]*\))( "[^"]*")+`)
	translatedValue = regexp.MustCompile(`\(t ([^)]+)\)`)
	grammar         = regexp.MustCompile(`^(if|else if) eq .* 1$`)
)

// values are what a message shows and what it depends on: each action but for the words of counts, and what is asked
// for grammar alone.
func values(message string) []string {
	set := map[string]bool{}
	for _, a := range anyAction.FindAllString(message, -1) {
		a = translatedValue.ReplaceAllString(a, "$1")
		inner := counted.ReplaceAllString(strings.Trim(a, "{}- "), "$1")
		if inner != "end" && inner != "else" && !grammar.MatchString(inner) {
			inner = strings.TrimPrefix(inner, "t ")
			if strings.HasPrefix(inner, "(") && strings.HasSuffix(inner, ")") {
				inner = inner[1 : len(inner)-1]
			}
			set[inner] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// tags are the tags of a message, as they stand there.
func tags(message string) (list []string) {
	for _, p := range pieces(message) {
		if p.kind == inline {
			list = append(list, message[p.from:p.to])
		}
	}
	slices.Sort(list)
	return list
}

// ofPages are the messages of a language's pages, without those of Go code.
func ofPages(t *testing.T, l *Language) map[string]string {
	t.Helper()
	raw, err := catalogues.ReadFile(l.Name + ".po")
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]string{}
	if err := parse(string(raw), messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestATranslationHasTheValuesAndTagsOfItsMessage(t *testing.T) {
	t.Parallel()
	for _, l := range translations() {
		for english, translated := range ofPages(t, l) {
			if translated == "" {
				t.Errorf("%s.po has no translation of %s", l.Name, english)
			}
			if a, b := values(english), values(translated); !slices.Equal(a, b) {
				t.Errorf("%s.po: values\n%q\nbecame\n%q in\n%s", l.Name, a, b, translated)
			}
			if a, b := tags(english), tags(translated); !slices.Equal(a, b) {
				t.Errorf("%s.po: tags\n%q\nbecame\n%q in\n%s", l.Name, a, b, translated)
			}
			if a, b := pieces(english), pieces(translated); depth(a) != depth(b) || closed(a) != closed(b) {
				t.Errorf("%s.po: what is opened is not closed in\n%s", l.Name, translated)
			}
		}
	}
}

func TestACatalogueHasNoMessageThatNoPageHas(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, source := range sources(t) {
		for _, m := range Messages(source) {
			known[m] = true
		}
		for _, found := range literal.FindAllStringSubmatch(source, -1) {
			known[found[1]] = true
		}
	}
	for _, l := range translations() {
		var obsolete []string
		for m := range ofPages(t, l) {
			if !known[m] {
				obsolete = append(obsolete, fmt.Sprintf("%s.po has what no page says:\n%s", l.Name, m))
			}
		}
		checkLag(t, obsolete)
	}
}

func TestAMessageIsASentenceWithItsLinksAndValues(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		`<p>No import. <a href="{{.At "new"}}">Import a file</a>.</p>`:                        {`No import. <a href="{{.At "new"}}">Import a file</a>.`},
		"<p>\n  One\n  {{number .N}} two </p><td>x</td>":                                      {"One {{number .N}} two", "x"},
		`{{define "a"}}{{$s := .D}}{{if $s}}<b>All</b>{{else}}<b>None</b>{{end}}{{end}}`:      {`{{if $s}}<b>All</b>{{else}}<b>None</b>{{end}}`},
		`<p>{{if .A}}<a href="/">All</a>{{end}}</p>`:                                          {"All"},
		`<p>{{plural .N "row"}} {{if eq .N 1}}is{{else}}are{{end}} left</p>`:                  {`{{plural .N "row"}} {{if eq .N 1}}is{{else}}are{{end}} left`},
		`<td>{{plural .N "row"}}</td><td>{{number .N}}</td>`:                                  {`{{plural .N "row"}}`},
		`<div class="a" aria-label="More {{.X}}" id="b"><img alt="" src="c"></div>`:           {"More {{.X}}"},
		`<p class="{{if gt .N 1}}a{{end}}" title="Hint">Text</p>`:                             {"Hint", "Text"},
		`<td>–</td><td>{{.A}} · {{.B}}</td><!-- a comment --><td>&nbsp;12 %</td>{{/* no */}}`: nil,
		`{{template "x" .}} and {{template "y" (t "z")}}`:                                     {"and"},
		`<br>a < b`: {"a < b"},
		`{{`:        nil,
		`<p`:        nil,
		`text {{`:   {"text {{"},
	} {
		got := Messages(source)
		if len(got)+len(want) > 0 && !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", source, got, want)
		}
	}
}

func TestAPageIsTranslatedWhereTheCatalogueHasIt(t *testing.T) {
	t.Parallel()
	l := &Language{catalogue: func() *catalogue {
		return newCatalogue(map[string]string{"One {{.}}": "Eins {{.}}", "Hint": "Hinweis"})
	}}
	got := l.Page("<p title=\"Hint\">One\n {{.}}</p><p>Two</p>")
	if want := `<p title="Hinweis">Eins {{.}}</p><p>Two</p>`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if l.Text("Hint") != "Hinweis" || l.Text("Two") != "Two" || Languages[0].Page("<p>Hint</p>") != "<p>Hint</p>" {
		t.Error("texts are translated otherwise")
	}
}

func TestTheLanguageIsThatOfTheSettingOrOfTheBrowser(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"", "de", "en"}, {"en", "de", "en"}, {"de", "en", "de"}, {Auto, "", "en"}, {Auto, "de-AT,en;q=0.5", "de"},
		{Auto, "en-GB,de;q=0.9", "en"},
		{Auto, "fr,de;q=0.2", "de"}, {Auto, "zh", "en"}, {Auto, "\x00;;;q=q,*", "en"}, {"xx", "de", "en"},
	} {
		if got := Pick(c[0], c[1]).Name; got != c[2] {
			t.Errorf("%q with %q is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestACatalogueThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	good := map[string]string{}
	err := parse("# a comment\nmsgid \"\"\nmsgstr \"head\"\n\nmsgid \"a \\\"b\\\"\"\n\"c\"\nmsgstr \"\"\n\"d\"\n\"e\"\n",
		good)
	if err != nil || len(good) != 1 || good[`a "b"c`] != "de" {
		t.Errorf("%q, %v", good, err)
	}
	for _, bad := range []string{"msgstr \"a\"", "msgid a", "msgid \"a", "\"a\"",
		"msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\nmsgstr \"c\"\n", "msgplural \"x\""} {
		if err := parse(bad, map[string]string{}); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
