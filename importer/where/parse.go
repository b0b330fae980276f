package where

import (
	"fmt"
	"strings"
)

const (
	maxText  = 4000 // bytes of a rule, which bounds its tests and values too
	maxDepth = 20   // parentheses in each other
	maxAt    = 40   // characters that an error shows
)

// SyntaxError says where a rule cannot be read.
type SyntaxError struct {
	Position int    // in characters, from 1
	At       string // what stands there, "" at the end
	Expected string
}

func (e *SyntaxError) Error() string {
	if e.At == "" {
		return "at its end: expected " + e.Expected
	}
	return fmt.Sprintf("at character %d, %q: expected %s", e.Position, e.At, e.Expected)
}

// Parse reads a rule. It is nil, which every row matches, for an empty text and for All.
func Parse(text string) (*Rule, error) {
	if strings.TrimSpace(text) == "" || IsAll(text) {
		return nil, nil
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("it has %d bytes, and a rule has at most %d", len(text), maxText)
	}
	list, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: list}
	root, err := p.rule(0)
	if err == nil && p.now().kind != end {
		err = p.expected("and, or, or the end")
	}
	if err != nil {
		return nil, err
	}
	return &Rule{root}, nil
}

type parser struct {
	tokens []token
	at     int
}

func (p *parser) now() token { return p.tokens[p.at] }

func (p *parser) next() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

// skip goes past a word or a sign, if it is next.
func (p *parser) skip(text string) bool {
	is := p.now().is(text)
	if is {
		p.at++
	}
	return is
}

func (p *parser) expected(what string) error {
	at := p.now().text
	if runes := []rune(at); len(runes) > maxAt {
		at = string(runes[:maxAt]) + "…"
	}
	return &SyntaxError{Position: p.now().at, At: at, Expected: what}
}

// rule = part {"and" part} | part {"or" part}. Which of the two binds closer is not known to everyone, so parentheses
// have to say it.
func (p *parser) rule(depth int) (node, error) {
	first, err := p.part(depth)
	list, with := []node{first}, p.now()
	for err == nil && (p.now().is("and") || p.now().is("or")) {
		if !p.now().is(with.text) {
			return node{}, p.expected(`parentheses where "and" and "or" meet, as in a = 1 and (b = 2 or c = 3)`)
		}
		p.at++
		var more node
		more, err = p.part(depth)
		list = append(list, more)
	}
	switch {
	case len(list) == 1:
		return first, err
	case with.is("or"):
		return node{any: list}, err
	}
	return node{all: list}, err
}

// part = "(" rule ")" | test
func (p *parser) part(depth int) (node, error) {
	if depth > maxDepth {
		return node{}, p.expected(fmt.Sprintf("at most %d parentheses in each other", maxDepth))
	}
	if !p.skip("(") {
		t, err := p.test()
		return node{test: t}, err
	}
	n, err := p.rule(depth + 1)
	if err == nil && !p.skip(")") {
		err = p.expected("and, or, or )")
	}
	return n, err
}

// test = column ("=" | "!=") value | column ["not"] "in" values | column "is" ["not"] ("empty" | value)
func (p *parser) test() (t *Test, err error) {
	t = &Test{}
	if t.Column, err = p.column(); err != nil {
		return t, err
	}
	switch {
	case p.skip("="):
		return t, p.equal(t)
	case p.skip("!="):
		t.Not = true
		return t, p.equal(t)
	case p.now().is("not") && p.next().is("in"):
		t.Not = true
		p.at += 2
		return t, p.values(t)
	case p.skip("in"):
		return t, p.values(t)
	case p.skip("is"):
		if t.Not = p.skip("not"); p.skip("empty") {
			return t, nil
		}
		return t, p.equal(t)
	}
	return t, p.expected("=, !=, in, not in, is empty or is not empty after the name of a column")
}

// column is a text in quotes, or all words up to an operator.
func (p *parser) column() (string, error) {
	name := p.now().text
	if p.now().kind == quoted && name != "" {
		p.at++
		return name, nil
	}
	var words []string
	for p.now().kind == word && !p.endsColumn(len(words) == 0) {
		words = append(words, p.now().text)
		p.at++
	}
	if len(words) == 0 {
		return "", p.expected("the name of a column, in quotes where it has a sign or one of the words and, or, in, is, not")
	}
	return strings.Join(words, " "), nil
}

// endsColumn reports whether the next word is no part of a column's name. Before a sign it is, as in "Check in = yes".
func (p *parser) endsColumn(first bool) bool {
	t := p.now()
	switch {
	case p.next().is("="), p.next().is("!="):
		return false
	case first:
		return t.is("and") || t.is("or")
	}
	return t.is("in") || t.is("is") || t.is("and") || t.is("or") || t.is("not") && p.next().is("in")
}

// emptyWords mean an empty cell where they are no text of the column.
var emptyWords = map[string]bool{
	"empty": true, "null": true, "nil": true, "blank": true, "nothing": true, "undefined": true, "leer": true,
	"vide":  true,
	"vacío": true, "vacio": true, "vacía": true, "vacia": true, "vuoto": true, "vuota": true, "leeg": true, "vazio": true,
	"puste": true, "tom": true, "tomt": true,
}

// equal reads the value of = and !=. A comma after it could mean a list, and the word empty an empty cell.
func (p *parser) equal(t *Test) error {
	first := p.now()
	err := p.value(t)
	switch {
	case err != nil:
		return err
	case p.now().is(","):
		return p.expected(`"in" or "not in" before several values, or quotes around one that has a comma`)
	case first.kind == word && emptyWords[Fold(first.text)] && len(t.Values[0]) == len(first.text):
		p.at--
		return p.expected(`"is empty" or "is not empty", or quotes around the word`)
	case t.Values[0] == "": // as other languages write it
		t.Values, t.folded = nil, nil
	}
	return nil
}

// values reads some with commas between, in parentheses or not.
func (p *parser) values(t *Test) error {
	inside := p.skip("(")
	err := p.value(t)
	for err == nil && p.skip(",") {
		err = p.value(t)
	}
	if err == nil && inside && !p.skip(")") {
		err = p.expected("a comma or )")
	}
	return err
}

// value is a text in quotes, or all words up to a sign, "and" or "or".
func (p *parser) value(t *Test) error {
	text, from := p.now().text, p.at
	if p.now().kind == quoted {
		p.at++
	} else {
		var words []string
		for ; p.now().kind == word && !isValueWord(p.now().text); p.at++ {
			words = append(words, p.now().text)
		}
		text = strings.Join(words, " ")
	}
	if p.at == from || p.now().kind == quoted {
		return p.expected(`one value, in quotes where it has a sign or one of the words "and" and "or"`)
	}
	t.Values, t.folded = append(t.Values, text), append(t.folded, Fold(text))
	return nil
}
