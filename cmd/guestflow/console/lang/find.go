package lang

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// kind is what a piece of a page's source is.
type kind uint8

const (
	text   kind = iota
	action      // {{...}}
	inline      // a tag within a sentence
	block       // any other tag, or what ends a message as one does
)

// piece is a part of a page's source.
type piece struct {
	kind     kind
	from, to int
	opens    int  // 1 opens something, -1 closes it
	both     bool // closes one part and opens another: else
}

// location is where a message stands.
type location struct{ from, to int }

// inlineTags stand within sentences.
var inlineTags = []string{"a", "abbr", "b", "br", "code", "em", "kbd", "span", "strong", "wbr"}

// shownAttributes are attributes that people read.
var shownAttributes = regexp.MustCompile(`\b(?:aria-label|placeholder|title|alt|data-of)="((?:\{\{[^}]*\}\}|[^"{])*)"`)

// find returns where the messages of a page's source are, in order.
func find(source string) (list []location) {
	var run []piece
	end := func() {
		if m, is := messageOf(source, run); is {
			list = append(list, m)
		}
		run = run[:0]
	}
	for _, p := range pieces(source) {
		if p.kind != block {
			run = append(run, p)
			continue
		}
		end()
		list = append(list, attributes(source, p)...)
	}
	end()
	slices.SortFunc(list, func(a, b location) int { return a.from - b.from })
	return list
}

// attributes returns the messages in the attributes of a tag.
func attributes(source string, tag piece) (list []location) {
	for _, at := range shownAttributes.FindAllStringSubmatchIndex(source[tag.from:tag.to], -1) {
		if m := (location{tag.from + at[2], tag.from + at[3]}); hasLetters(withoutActions(source[m.from:m.to])) {
			list = append(list, m)
		}
	}
	return list
}

// messageOf returns the message of a run without a block: from its first text to its last, and as much around that as
// keeps its tags and conditions in pairs.
func messageOf(source string, run []piece) (m location, is bool) {
	first, last := -1, -1
	letters := false
	for i, p := range run {
		if of := source[p.from:p.to]; p.kind == text && strings.TrimSpace(of) != "" || p.counts(source) {
			if first < 0 {
				first = i
			}
			last = i
			letters = letters || p.counts(source) || hasLetters(withoutActions(of))
		}
	}
	if !letters {
		return m, false
	}
	first, last = withValues(source, run, first, last)
	for first > 0 && !closed(run[first:last+1]) {
		first--
	}
	for last < len(run)-1 && depth(run[first:last+1]) > 0 {
		last++
	}
	first, last = withValues(source, run, first, last) // of the sentence around a condition
	m = location{run[first].from, run[last].to}
	all := source[m.from:m.to]
	m.from += len(all) - len(strings.TrimLeftFunc(all, unicode.IsSpace))
	m.to -= len(all) - len(strings.TrimRightFunc(all, unicode.IsSpace))
	return m, true
}

// withValues adds the values that stand before the first text and after the last: they are part of the sentence.
func withValues(source string, run []piece, first, last int) (int, int) {
	part := func(i int) bool {
		return run[i].isValue(source) || run[i].kind == text && strings.TrimSpace(source[run[i].from:run[i].to]) == ""
	}
	for i := first - 1; i >= 0 && part(i); i-- {
		if run[i].kind == action {
			first = i
		}
	}
	for i := last + 1; i < len(run) && part(i); i++ {
		if run[i].kind == action {
			last = i
		}
	}
	return first, last
}

// counts reports whether a piece writes a number with a word, which is to be translated.
func (p piece) counts(source string) bool {
	return p.kind == action && strings.HasPrefix(strings.TrimLeft(source[p.from:p.to], "{- "), "plural ")
}

// isValue reports whether a piece writes something: it is neither a condition nor an assignment.
func (p piece) isValue(source string) bool {
	return p.kind == action && p.opens == 0 && !p.both && !strings.Contains(source[p.from:p.to], ":=")
}

// closed reports whether nothing is closed, or has an else, that was not opened.
func closed(run []piece) bool {
	now := 0
	for _, p := range run {
		if now += p.opens; now < 0 || p.both && now == 0 {
			return false
		}
	}
	return true
}

func depth(run []piece) (n int) {
	for _, p := range run {
		n += p.opens
	}
	return n
}

func hasLetters(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

var (
	anyAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	entity    = regexp.MustCompile(`&[a-z]+;`)
)

func withoutActions(s string) string {
	return entity.ReplaceAllString(anyAction.ReplaceAllString(s, ""), "")
}

// pieces takes a page's source apart.
func pieces(source string) (list []piece) {
	for at := 0; at < len(source); {
		p := piece{from: at}
		switch {
		case strings.HasPrefix(source[at:], "{{"):
			p.to = actionEnd(source, at)
			p.kind, p.opens, p.both = actionKind(source[at:p.to])
		case source[at] == '<' && at+1 < len(source) &&
			(unicode.IsLetter(rune(source[at+1])) || strings.ContainsRune("/!", rune(source[at+1]))):
			p.to = tagEnd(source, at)
			p.kind, p.opens = tagKind(source[at:p.to])
		default:
			p.to = at + 1
			for p.to < len(source) && source[p.to] != '<' && !strings.HasPrefix(source[p.to:], "{{") {
				p.to++
			}
		}
		list = append(list, p)
		at = p.to
	}
	return list
}

// actionEnd returns the end of an action that begins at a place.
func actionEnd(source string, at int) int {
	if i := strings.Index(source[at:], "}}"); i >= 0 {
		return at + i + 2
	}
	return len(source)
}

// actionKind returns what an action is. What defines or calls another template ends a message.
func actionKind(source string) (k kind, opens int, both bool) {
	word, _, _ := strings.Cut(strings.Trim(source, "{}- "), " ")
	switch word {
	case "define", "block", "template", "/*":
		return block, 0, false
	case "if", "with", "range":
		return action, 1, false
	case "end":
		return action, -1, false
	case "else":
		return action, 0, true
	}
	return action, 0, false
}

// tagEnd returns the end of a tag that begins at a place; actions in it may hold quotes and brackets.
func tagEnd(source string, at int) int {
	for quoted := false; at < len(source); at++ {
		switch {
		case strings.HasPrefix(source[at:], "{{"):
			at = actionEnd(source, at) - 1
		case source[at] == '"':
			quoted = !quoted
		case source[at] == '>' && !quoted:
			return at + 1
		}
	}
	return len(source)
}

// tagName is that of a tag, with a slash where it ends an element.
var tagName = regexp.MustCompile(`^</?([a-zA-Z0-9]+)`)

func tagKind(tag string) (kind, int) {
	name := tagName.FindStringSubmatch(tag)
	if name == nil || !slices.Contains(inlineTags, name[1]) {
		return block, 0
	}
	switch {
	case name[1] == "br" || name[1] == "wbr":
		return inline, 0
	case strings.HasPrefix(tag, "</"):
		return inline, -1
	}
	return inline, 1
}
