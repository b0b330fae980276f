package console

import (
	"html/template"
	"regexp"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/budget"
)

// Every moment on a page is in one zone, which the page's foot names. The server writes UTC, since it does not know the reader's
// zone, and its own says nothing: each process of a fleet may have another. Each moment also stands there for a machine, and
// the script (live.js) turns all of them into the zone of the browser, and the name at the foot with them.

// inWords is how a moment looks before the script; the same as there, in UTC.
const inWords = "2 Jan 15:04:05"

// clock is a moment on a page.
func clock(at time.Time) template.HTML {
	if at.IsZero() {
		return "–"
	}
	return template.HTML(`<time datetime="` + forMachines(at) + `">` + at.UTC().Format(inWords) + `</time>`) //nolint:gosec // two forms of a time
}

// forMachines writes a moment into a sentence that is said on a page.
var forMachines operate.Clock = func(at time.Time) string { return at.UTC().Format(time.RFC3339) }

var momentInText = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// said is a sentence with its moments as every page has them.
func said(text string) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(momentInText.ReplaceAllStringFunc(escaped, func(found string) string { //nolint:gosec // escaped, and our own times
		at, err := time.Parse(time.RFC3339, found)
		if err != nil {
			return found
		}
		return string(clock(at))
	}))
}

// pace says how fast the fleet may go.
func pace(s budget.State) template.HTML { return said(forMachines.Pace(s)) }
