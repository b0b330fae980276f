package webhook

import (
	"regexp"
	"slices"
	"strings"
)

// lasting returns what an event says of its address for good: Bounced, Spam or Unsubscribed, or "" where another email
// may reach the guest. Whether Qflow says which kind of bounce it was, and why an email was dropped, is unknown
// (docs/qflow-api.md section 6). A bounce without a kind counts as one for good, since Qflow itself sends such a guest
// nothing any more; a drop without a reason does not.
func lasting(kind Kind, f fields, named string) Kind {
	switch kind {
	case Spam, Unsubscribed:
		return kind
	case Bounced:
		if !f.temporary(named) {
			return Bounced
		}
	case Dropped:
		return f.droppedFor()
	case Sent, Deferred, Delivered, Opened, Clicked, Failed, Test, Other:
	}
	return ""
}

// bounceFields are those in which mail providers say the kind of a bounce: SendGrid's, Amazon's, Postmark's and
// Mailgun's. "type" is one of them where it is not the event's name.
var bounceFields = []string{
	"bouncetype", "bouncekind", "bounceclassification", "bounceclass", "bouncesubtype", "subtype", "severity", "type",
}

// The words for kinds of bounces, without what separates their parts. Of two that contradict each other, the one for
// good counts.
var (
	permanentWords = []string{"hard", "permanent", "hardbounce", "invalidaddress", "bounce", "suppressed", "noemail"}
	temporaryWords = []string{
		"soft", "softbounce", "transient", "temporary", "blocked", "block", "technical", "content", "reputation",
		"frequencyorvolumetoohigh", "mailboxunavailable", "mailboxfull", "messagetoolarge", "contentrejected", "undetermined",
	}
)

// statusCode finds an enhanced status code of mail (RFC 3463): 4.x.x is for now, 5.2.2 a full mailbox.
var statusCode = regexp.MustCompile(`^\s*(?:[45]\d\d[ -])?([45])\.(\d{1,3}\.\d{1,3})\b`)

// temporary reports whether a bounce is one after which another email may arrive, as far as its fields say.
func (f fields) temporary(named string) bool {
	temporary := false
	for _, field := range bounceFields {
		word := plain(f[field])
		if field == "type" && f[field] == named {
			continue
		}
		if slices.Contains(permanentWords, word) {
			return false
		}
		temporary = temporary || slices.Contains(temporaryWords, word)
	}
	if hard := f.first("hard", "ishard", "ishardbounce", "permanent", "ispermanent"); hard != "" {
		return hard == "false"
	}
	if code := statusCode.FindStringSubmatch(f.first("status", "smtpstatus", "enhancedstatuscode")); code != nil &&
		!temporary {
		return code[1] == "4" || code[2] == "2.2"
	}
	return temporary
}

// droppedFor returns what an email was dropped for that holds for the address. SendGrid drops what goes to an address
// that bounced, complained or unsubscribed before; and also what looks like spam, or is beyond a plan.
func (f fields) droppedFor() Kind {
	why := strings.ToLower(f.first("reason", "dropreason"))
	switch {
	case strings.Contains(why, "unsubscribed"):
		return Unsubscribed
	case strings.Contains(why, "spam report"):
		return Spam
	case strings.Contains(why, "bounced"), why == "invalid":
		return Bounced
	}
	return ""
}
