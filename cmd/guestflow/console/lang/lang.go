// Package lang translates the console's pages.
//
// Pages are written in English and stay readable as they are: a message is what stands in a page's source between two tags of blocks,
// a sentence with its links and values, and the catalogue of a language (a .po file, for which translators have editors) has it by
// its English text. So a sentence is translated as a whole, with its words in another order, and the pages need no marks. A message that
// the catalogue lacks stays English; tests name those of pages that are said to be translated, and translations that have lost a value.
//
// The alternative, a function around each text of a page, was not taken: it takes sentences with links and numbers apart. It is there as
// {{t "text"}} for texts inside of actions, and for those that Go code makes.
package lang

import (
	"cmp"
	"embed"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Language is one that pages are shown in.
type Language struct {
	Name     string // as in an html element
	Printer  *message.Printer
	messages func() map[string]string // by the English text; read once they are needed. nil for English itself
}

// Translated are the pages, and parts of pages, of which every message has a translation.
var Translated = []string{"layout", "parts", "overview", "new", "imports", "import"}

//go:embed *.po
var catalogues embed.FS

// Languages are all that there are, English first.
var Languages = load("de")

func load(names ...string) []*Language {
	all := []*Language{{Name: "en", Printer: message.NewPrinter(language.English)}}
	for _, name := range names {
		all = append(all, &Language{
			Name: name, Printer: message.NewPrinter(language.Make(name)), messages: sync.OnceValue(func() map[string]string { return catalogue(name) }),
		})
	}
	return all
}

func catalogue(name string) map[string]string {
	raw, err := catalogues.ReadFile(name + ".po")
	if err != nil {
		panic(err) // embedded
	}
	messages, err := parse(string(raw))
	if err != nil {
		panic(fmt.Errorf("%s.po: %w", name, err)) // embedded, and tested
	}
	return messages
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

// Text returns a text in the language, or as it is.
func (l *Language) Text(english string) string {
	if l.messages == nil {
		return english
	}
	return cmp.Or(l.messages()[normal(english)], english)
}

// Page returns the source of a page with its messages in the language.
func (l *Language) Page(source string) string {
	if l.messages == nil {
		return source
	}
	messages := l.messages()
	var b strings.Builder
	from := 0
	for _, m := range find(source) {
		if translated, there := messages[normal(source[m.from:m.to])]; there {
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
