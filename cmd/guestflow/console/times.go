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

// timeLayout is how a moment looks before the script; the same as there, in UTC.
const timeLayout = "2 Jan 15:04:05"

// timeTag is a moment on a page.
func timeTag(at time.Time) template.HTML {
	if at.IsZero() {
		return "–"
	}
	return template.HTML(`<time datetime="` + rfc3339(at) + `">` + at.UTC().Format(timeLayout) + `</time>`) //nolint:gosec // two forms of a time
}

// rfc3339 writes a moment into a sentence that is said on a page.
var rfc3339 operate.Clock = func(at time.Time) string { return at.UTC().Format(time.RFC3339) }

var momentInText = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// withTimes is a sentence with its moments as every page has them.
func withTimes(text string) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(momentInText.ReplaceAllStringFunc(escaped, func(found string) string { //nolint:gosec // escaped, and our own times
		at, err := time.Parse(time.RFC3339, found)
		if err != nil {
			return found
		}
		return string(timeTag(at))
	}))
}

// paceHTML says how fast the fleet may go.
func paceHTML(s budget.State) template.HTML { return withTimes(rfc3339.PaceText(s)) }
