// Package pattern has regular expressions that are compiled when they are first used. Each start of guestflow would compile a
// hundred of them otherwise, which takes milliseconds and megabytes, and most lists have no cell for which one is asked.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression. It is safe for concurrent use.
type Pattern struct {
	regexp func() *regexp.Regexp
}

var all []*Pattern

// New returns one. It is for variables of packages: a test compiles all of them (Compile), where a wrong one is found.
func New(expression string) *Pattern {
	p := &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })}
	all = append(all, p)
	return p
}

// Compile compiles all that there are, and panics if one is wrong.
func Compile() (n int) {
	for _, p := range all {
		p.regexp()
	}
	return len(all)
}

// The methods are those of regexp.Regexp.

func (p *Pattern) MatchString(s string) bool              { return p.regexp().MatchString(s) }
func (p *Pattern) FindString(s string) string             { return p.regexp().FindString(s) }
func (p *Pattern) FindStringIndex(s string) []int         { return p.regexp().FindStringIndex(s) }
func (p *Pattern) FindStringSubmatch(s string) []string   { return p.regexp().FindStringSubmatch(s) }
func (p *Pattern) FindAllString(s string, n int) []string { return p.regexp().FindAllString(s, n) }
func (p *Pattern) ReplaceAllString(s, by string) string   { return p.regexp().ReplaceAllString(s, by) }

func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	return p.regexp().FindStringSubmatchIndex(s)
}

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	return p.regexp().FindAllStringIndex(s, n)
}

func (p *Pattern) ReplaceAllStringFunc(s string, by func(string) string) string {
	return p.regexp().ReplaceAllStringFunc(s, by)
}
