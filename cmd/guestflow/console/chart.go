package console

import (
	"fmt"
	"html/template"
	"strings"

	"guestflow/importer/ledger"
)

// bar draws an import's states as one bar. Colours stand beside words on every page: nobody needs to tell them apart.
func bar(c ledger.Counts) template.HTML {
	var b strings.Builder
	total := max(c.Total(), 1)
	fmt.Fprintf(&b, `<svg class="bar" viewBox="0 0 %d 10" preserveAspectRatio="none" role="img" aria-label="%s">`, total, words(c))
	x := 0
	for _, s := range ledger.All() {
		if c[s] > 0 {
			fmt.Fprintf(&b, `<rect class="s-%s" x="%d" y="0" width="%d" height="10"/>`, s, x, c[s])
			x += c[s]
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers and the names of states
}

// words lists the states that have rows.
func words(c ledger.Counts) string {
	var parts []string
	for _, s := range ledger.All() {
		if c[s] > 0 {
			parts = append(parts, english.Sprintf("%d %s", c[s], s))
		}
	}
	return strings.Join(parts, ", ")
}
