package webhook

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what an event says. The set is closed: it is a metric's label.
type Kind string

// The kinds. Qflow's documents name sent, failed, delivered, opened, bounced and test; the others surely exist under
// some name.
const (
	Sent         Kind = "sent"
	Deferred     Kind = "deferred" // on its way, the other side asked for patience
	Delivered    Kind = "delivered"
	Opened       Kind = "opened"
	Clicked      Kind = "clicked"
	Failed       Kind = "failed" // on Qflow's side, before it was sent: it may be sent again
	Bounced      Kind = "bounced"
	Dropped      Kind = "dropped" // the guest had unsubscribed or complained before
	Spam         Kind = "spam"
	Unsubscribed Kind = "unsubscribed"
	Test         Kind = "test"
	Other        Kind = "other" // anything else: counted, and nothing more
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{Sent, Deferred, Delivered, Opened, Clicked, Failed, Bounced, Dropped, Spam, Unsubscribed, Test, Other}
}

// kinds are the names that are taken for each kind, behind "comms." and without blanks, dots, hyphens and underscores.
// Those that no document names are SendGrid's, which sends Qflow's emails, and their usual forms.
var kinds = map[string]Kind{
	"sent": Sent, "processed": Sent, "deferred": Deferred, "delivered": Delivered, "opened": Opened, "open": Opened,
	"clicked": Clicked, "click": Clicked, "failed": Failed, "bounced": Bounced, "bounce": Bounced, "dropped": Dropped,
	"drop": Dropped,
	"spam": Spam, "spamreport": Spam, "spamreported": Spam, "complained": Spam, "complaint": Spam,
	"unsubscribed": Unsubscribed, "unsubscribe": Unsubscribed, "groupunsubscribe": Unsubscribed, "test": Test,
}

func kindOf(name string) Kind {
	rest, comms := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), "comms.")
	if kind, known := kinds[plain(rest)]; comms && known {
		return kind
	}
	return Other
}

// Event is what became of one email. Every field but Kind may be empty.
type Event struct {
	Kind          Kind
	Invitation    string    // Qflow's id of the send
	Attendee      string    // the guest's id
	Event         string    // of the guest
	Template      string    // of the email
	CorrelationID string    // ours, echoed
	At            time.Time // when it happened, as far as Qflow says so
	Address       string    // of the guest, as far as Qflow says so
	Lasting       Kind      // what it says of the address for good: Bounced, Spam, Unsubscribed or ""
}

// maxNesting is how deep an event's fields may lie in objects, maxFields how many are looked at.
const (
	maxNesting = 4
	maxFields  = 200
)

// parseEvent reads an event's body and reports whether it is a JSON object. named is the event's name in the header,
// which is not signed: it is used only where the body has no name.
func parseEvent(body []byte, named string) (e Event, readable bool) {
	f := fields{}
	if !f.collect(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), maxNesting) {
		return Event{Kind: Other}, false
	}
	name := f.first("event", "eventtype", "eventname", "type")
	if name == "" {
		name = named
	}
	kind := kindOf(name)
	return Event{
		Kind:          kind,
		Invitation:    f.first("attendeeinvitationid", "invitationid"),
		Attendee:      f.first("attendeeid", "guestid"),
		Event:         f.first("eventid"),
		Template:      f.first("templateid", "commstemplateid"),
		CorrelationID: f.first("correlationid"),
		At:            timeOf(f.first("occurredat", "timestamp", "occurred", "time", "createdat", "created")),
		Address:       f.first("email", "emailaddress", "recipient", "recipientemail", "attendeeemail", "guestemail"),
		Lasting:       lasting(kind, f, name),
	}, true
}

// fields are the strings, numbers and truths of an object and of the objects inside it, by plain name. The outer one
// wins.
type fields map[string]string

func (f fields) collect(body []byte, depth int) bool {
	var object map[string]json.RawMessage
	if depth == 0 || json.Unmarshal(body, &object) != nil || object == nil {
		return false
	}
	names := slices.Sorted(maps.Keys(object)) // two names that differ by their case only: always the same one wins
	for _, name := range names {
		f.put(plain(name), object[name])
	}
	for _, name := range names {
		if bytes.HasPrefix(object[name], []byte("{")) {
			f.collect(object[name], depth-1)
		}
	}
	return true
}

func (f fields) put(name string, raw json.RawMessage) {
	if f[name] != "" || len(f) == maxFields {
		return
	}
	var text string
	var number json.Number
	switch {
	case string(raw) == "true", string(raw) == "false":
		f[name] = string(raw)
	case json.Unmarshal(raw, &text) == nil:
		f[name] = strings.TrimSpace(text)
	case json.Unmarshal(raw, &number) == nil:
		f[name] = number.String()
	}
}

func (f fields) first(names ...string) string {
	for _, name := range names {
		if f[name] != "" {
			return f[name]
		}
	}
	return ""
}

// plain returns a name in lower case, without the characters that separate its words.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-. ", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// timeLayouts are ISO 8601 with an offset and without; without one it is UTC, as Qflow's examples are.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05"}

// timeOf parses a time, or seconds or milliseconds since 1970. It returns the zero time for anything else.
func timeOf(s string) time.Time {
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	const milliseconds = 1e11 // in seconds that is the year 5138
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || !(n > 0 && n < 1e14):
		return time.Time{}
	case n >= milliseconds:
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Unix(int64(n), 0).UTC()
}
