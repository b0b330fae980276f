// Package where is the rule that says which rows of a list are meant, as an operator writes it:
//
//	approval_status = approved
//	status not in cancelled, refunded and unsub_time is empty
//	(ticket in VIP, Press) or "Meat or fish" != none
//
// Expression libraries want every text in quotes, columns that are identifiers, and "in" with a list in brackets;
// people type what stands in their file. So the syntax is its own, and small: tests of whole cells, and, or,
// parentheses. It has no numbers, dates or patterns. What could be meant in two ways is an error, since a wrong guess
// mails people.
package where

import (
	"slices"
	"strings"
)

// All is the rule by which every row is meant, whatever the file says of it.
const All = "all"

// IsAll reports whether a text is that rule.
func IsAll(text string) bool { return strings.EqualFold(strings.TrimSpace(text), All) }

// Rule is a parsed rule.
type Rule struct{ root node }

// node is a test, or some rules of which all or any hold.
type node struct {
	all, any []node
	test     *Test
}

// Test compares a cell with values.
type Test struct {
	Column string
	Values []string // as they were written; none: whether the cell is empty
	Not    bool

	folded []string
	place  int    // of the column, once it is bound
	rows   []span // its values, where they are numbers of rows
}

// Tests lists the tests of the rule, in the order in which they are written.
func (r *Rule) Tests() (list []*Test) {
	if r != nil {
		r.root.each(func(t *Test) { list = append(list, t) })
	}
	return list
}

func (n *node) each(do func(*Test)) {
	if n.test != nil {
		do(n.test)
	}
	for i := range n.all {
		n.all[i].each(do)
	}
	for i := range n.any {
		n.any[i].each(do)
	}
}

// Bind finds the columns that the rule names: find returns a column's place, any number. Its error ends the search.
func (r *Rule) Bind(find func(column string) (place int, err error)) (err error) {
	for _, t := range r.Tests() {
		if t.place, err = find(t.Column); err != nil {
			return err
		}
	}
	return nil
}

// Match reports whether a row is meant. cell returns what it has in a place that Bind was given.
func (r *Rule) Match(cell func(place int) string) bool { return r == nil || r.root.match(cell) }

func (n *node) match(cell func(int) string) bool {
	holds := func(n node) bool { return n.match(cell) }
	switch {
	case n.test != nil:
		return n.test.Match(cell(n.test.place))
	case n.any != nil:
		return slices.ContainsFunc(n.any, holds)
	}
	return !slices.ContainsFunc(n.all, func(n node) bool { return !holds(n) })
}

// Place is that of the test's column, as Bind was given it.
func (t *Test) Place() int { return t.place }

// Match reports whether the test holds for a cell.
func (t *Test) Match(cell string) bool {
	if len(t.Values) == 0 {
		return IsEmpty(cell) != t.Not
	}
	return t.Has(cell) != t.Not
}

// Has reports whether a cell is one of the test's values.
func (t *Test) Has(cell string) bool {
	if t.rows != nil {
		return t.hasRow(cell)
	}
	folded := Fold(cell)
	return slices.Contains(t.folded, folded) || nothing[folded] && slices.Contains(t.folded, "")
}

// And returns a rule that holds where both hold, each as it is written.
func And(one, other string) string {
	switch {
	case strings.TrimSpace(one) == "" || IsAll(one):
		return other
	case strings.TrimSpace(other) == "" || IsAll(other):
		return one
	}
	return inside(one) + " and " + inside(other)
}

// inside writes a rule as a part of another.
func inside(text string) string {
	if r, err := Parse(text); err == nil && r != nil && r.root.any != nil {
		return "(" + text + ")"
	}
	return text
}

// required are the parts of the rule that all have to hold.
func (r *Rule) required() []node {
	switch {
	case r == nil:
		return nil
	case r.root.all != nil:
		return r.root.all
	}
	return []node{r.root}
}

// Required lists the tests that every row that is meant passes.
func (r *Rule) Required() (list []*Test) {
	for _, n := range r.required() {
		if n.test != nil {
			list = append(list, n.test)
		}
	}
	return list
}

// Without returns the rule without those of its required tests that drop names.
func (r *Rule) Without(drop func(*Test) bool) string {
	var kept []node
	for _, n := range r.required() {
		if n.test == nil || !drop(n.test) {
			kept = append(kept, n)
		}
	}
	if len(kept) == 1 {
		return kept[0].text()
	}
	return (&node{all: kept}).text()
}

func (n *node) text() string {
	if n.test != nil {
		return n.test.String()
	}
	parts, with := n.all, " and "
	if n.any != nil {
		parts, with = n.any, " or "
	}
	texts := make([]string, len(parts))
	for i := range parts {
		if texts[i] = parts[i].text(); parts[i].test == nil {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, with)
}
