// Package lang translates the console's pages.
//
// Pages are written in English and stay readable as they are: a message is what stands in a page's source between two
// tags of blocks, a sentence with its links and values, and the catalogue of a language (a .po file, for which
// translators have editors) has it by its English text. So a sentence is translated as a whole, with its words in
// another order, and the pages need no marks. A message that the catalogue lacks stays English; tests name those of
// pages that are said to be translated, and translations that have lost a value.
//
// The alternative, a function around each text of a page, was not taken: it takes sentences with links and numbers
// apart. It is there as {{t "text"}} for texts inside of actions, and as {{t .Text}} for those that Go code makes:
// sentence.go.
package lang

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Language is one that pages are shown in.
type Language struct {
	Name      string // as in an html element
	Printer   *message.Printer
	catalogue func() *catalogue // read once it is needed. nil for English itself
}

// catalogue has what is translated, by the English text.
type catalogue struct {
	messages map[string]string
	forms    []form // those with values, of which more is said in words first
}

//go:embed *.po
var catalogues embed.FS

// Languages are all that there are, English first.
var Languages = load("de")

func load(names ...string) []*Language {
	all := []*Language{{Name: "en", Printer: message.NewPrinter(language.English)}}
	for _, name := range names {
		all = append(all, &Language{
			Name: name, Printer: message.NewPrinter(language.Make(name)),
			catalogue: sync.OnceValue(func() *catalogue { return read(name) }),
		})
	}
	return all
}

// read reads the catalogue of a language: of its pages, and of what Go code says.
func read(name string) *catalogue {
	all := map[string]string{}
	for _, file := range []string{name + ".po", name + ".texts.po"} {
		raw, err := catalogues.ReadFile(file)
		if err != nil {
			panic(err) // embedded
		}
		if err := parse(string(raw), all); err != nil {
			panic(fmt.Errorf("%s: %w", file, err)) // embedded, and tested
		}
	}
	return newCatalogue(all)
}

func newCatalogue(messages map[string]string) *catalogue {
	c := &catalogue{messages: messages}
	for _, english := range slices.Sorted(maps.Keys(messages)) {
		if isForm(english) {
			c.forms = append(c.forms, newForm(english, messages[english]))
		}
	}
	slices.SortStableFunc(c.forms, func(a, b form) int { return b.letters() - a.letters() })
	return c
}

// Auto has each page in the language that its browser asks for.
const Auto = "auto"

// Pick returns the language of a setting; for Auto the best for what a browser accepts.
func Pick(setting, accepts string) *Language {
	for _, l := range Languages {
		if l.Name == setting {
			return l
		}
	}
	if setting != Auto {
		return Languages[0]
	}
	tags := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		tags[i] = language.Make(l.Name)
	}
	_, at := language.MatchStrings(language.NewMatcher(tags), accepts)
	return Languages[at]
}

// Page returns the source of a page with its messages in the language.
func (l *Language) Page(source string) string {
	if l.catalogue == nil {
		return source
	}
	messages := l.catalogue().messages
	var b strings.Builder
	from := 0
	for _, m := range find(source) {
		if translated := messages[normal(source[m.from:m.to])]; translated != "" {
			b.WriteString(source[from:m.from] + translated)
			from = m.to
		}
	}
	return b.String() + source[from:]
}

// Messages returns the messages of a page's source, as a catalogue has them.
func Messages(source string) (list []string) {
	for _, m := range find(source) {
		list = append(list, normal(source[m.from:m.to]))
	}
	return list
}

// normal is a text as it is looked up: how a page breaks its lines does not matter.
func normal(text string) string { return strings.Join(strings.Fields(text), " ") }
