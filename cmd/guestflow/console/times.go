package console

import (
	"html/template"
	"regexp"
	"time"

	"guestflow/cmd/guestflow/console/lang"
	"guestflow/cmd/guestflow/operate"
)

// All times on a page are in one time zone, which its foot names. The server writes UTC, since it does not know the
// reader's zone, and its own means nothing: each process of a fleet may have another. Each time is also there in a
// machine's format, and the script (live.js) converts all of them, and the name at the foot, to the browser's zone.

// timeLayout is the format of a time before the script runs; the script's own, in UTC. Catalogues have it as a message.
const timeLayout = "2 Jan 15:04:05"

// timeTag is a time on a page.
func timeTag(at time.Time, l *lang.Language) template.HTML {
	if at.IsZero() {
		return "–"
	}
	// two forms of a time
	return template.HTML(`<time datetime="` + rfc3339(at) + `">` + at.UTC().Format(l.Text(timeLayout)) + `</time>`)
}

// rfc3339 formats a time inside a sentence, for withTimes to find.
var rfc3339 operate.Clock = func(at time.Time) string { return at.UTC().Format(time.RFC3339) }

var timeInText = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// withTimes is a sentence for a page, its times as tags.
func withTimes(text string, l *lang.Language) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(timeInText.ReplaceAllStringFunc(escaped, func(found string) string { // escaped, and our own times
		at, err := time.Parse(time.RFC3339, found)
		if err != nil {
			return found
		}
		return string(timeTag(at, l))
	}))
}
