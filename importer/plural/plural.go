// Package plural counts things in words: "1 guest", "2 guests". A sentence that has the wrong one reads as if a machine
// that does not count had written it. One helper for all texts, and not a library: they are English, and a catalogue
// for other languages has rules of its own.
package plural

import (
	"strconv"
	"strings"
)

// Of returns a number with what it counts: Of(1, "row") is "1 row", Of(2, "row") "2 rows". Where the plural is more
// than an s behind it, it is given: Of(n, "row waits", "rows wait").
func Of(n int, one string, many ...string) string {
	return strconv.Itoa(n) + " " + Word(n, one, many...)
}

// Word is Of without the number.
func Word(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return one
	case len(many) > 0:
		return many[0]
	case strings.HasSuffix(one, "s"): // address, process
		return one + "es"
	}
	return one + "s"
}
