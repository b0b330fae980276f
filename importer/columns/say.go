package columns

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

const (
	mostShown = 30 // headers in a message
	maxShown  = 60 // characters of each
)

// quoted shows a header in a message, which may be as long as a record.
func quoted(header string) string {
	if runes := []rune(header[:min(len(header), 4*maxShown)]); len(runes) > maxShown {
		header = string(runes[:maxShown-1]) + "…"
	}
	return strconv.Quote(header)
}

// shell quotes a word of a command line.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// settle says by what a person chooses a field's column: the flag, the profile's key and the console's control.
func settle(field string, headers ...string) string {
	flags := make([]string, len(headers))
	for i, h := range headers {
		if len(h) > maxHeader {
			h = "HEADER"
		}
		flags[i] = "--map " + shell(field+"="+h)
	}
	return strings.Join(flags, " or ") + " (mapping in the profile, “Take it from” in the console)"
}

// seen lists the headers, if they are some: the first line of a file without a header is a guest, who has no place in a message.
func (c *Columns) seen() string {
	if !c.looksLikeHeader() {
		return ""
	}
	list := make([]string, 0, mostShown)
	for _, h := range c.Header[:min(len(c.Header), mostShown)] {
		list = append(list, quoted(h))
	}
	more := ""
	if n := len(c.Header) - mostShown; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return "; its headers are " + strings.Join(list, ", ") + more
}

// looksLikeHeader reports whether the first line has a name of a column that is known, and nothing that only a guest has.
func (c *Columns) looksLikeHeader() bool {
	known := c.Program != ""
	for _, h := range c.Header {
		if strings.Contains(h, "@") || strings.Trim(h, "0123456789+-. /") == "" && strings.ContainsFunc(h, unicode.IsDigit) {
			return false
		}
		if !known && h != "" {
			known = c.known(h) != "" || byWord(h) != ""
		}
	}
	return known
}

// nearest names what the columns that are not known may be.
func (c *Columns) nearest() string {
	var near Columns
	near.Headers = map[string]string{}
	names := sortedNames()
	for i, h := range c.Header[:min(len(c.Header), mostSuggested)] {
		if c.Fields[i] == "" {
			near.suggest(h, names)
		}
	}
	said := ""
	for _, s := range near.Suggestions {
		said += fmt.Sprintf("is %s %s? then --map %s; ", quoted(s.Header), s.Field, shell(s.Field+"="+s.Header))
	}
	return said
}
