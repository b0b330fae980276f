package emailevent

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/qflow/webhook"
)

// letters are how kinds are written down, with the names that the script has for them. Kinds that say nothing of a
// row's email have none.
var letters = []struct {
	name   string
	letter byte
	kind   webhook.Kind
}{
	{"EVENT_SENT", 's', webhook.Sent}, {"EVENT_DEFERRED", 'q', webhook.Deferred},
	{"EVENT_DELIVERED", 'd', webhook.Delivered}, {"EVENT_OPENED", 'o', webhook.Opened},
	{"EVENT_CLICKED", 'c', webhook.Clicked}, {"EVENT_FAILED", 'f', webhook.Failed},
	{"EVENT_BOUNCED", 'b', webhook.Bounced}, {"EVENT_DROPPED", 'x', webhook.Dropped}, {"EVENT_SPAM", 'p', webhook.Spam},
	{"EVENT_UNSUBSCRIBED", 'u', webhook.Unsubscribed},
}

func letterOf(kind webhook.Kind) (letter byte, known bool) {
	for _, l := range letters {
		if l.kind == kind {
			return l.letter, true
		}
	}
	return 0, false
}

func kindOf(letter byte) webhook.Kind {
	for _, l := range letters {
		if l.letter == letter {
			return l.kind
		}
	}
	return ""
}

// eventSize is a letter, four bytes that distinguish a row's invitations, and the time in seconds since 1970.
const eventSize = 1 + 4 + 4

func (e Event) encode(letter byte) []byte {
	raw := append(make([]byte, 0, eventSize), letter)
	sum := sha256.Sum256([]byte(strings.ToLower(e.Invitation)))
	raw = append(raw, sum[:4]...)
	return binary.BigEndian.AppendUint32(raw, uint32(min(max(e.At.Unix(), 0), math.MaxUint32)))
}

// reasons are those of rows whose email did not get through, by the event that brings them about. Their texts are
// ours: what Qflow quotes from another mail server holds addresses.
var reasons = map[webhook.Kind]ledger.Reason{
	webhook.Bounced:      {Code: reason.Bounced, Text: "the email came back: there is no such address, or it takes none"},
	webhook.Dropped:      {Code: reason.Dropped, Text: "not sent: the guest has unsubscribed or complained before"},
	webhook.Spam:         {Code: reason.Spam, Text: "the guest has marked the email as spam"},
	webhook.Unsubscribed: {Code: reason.Unsubscribed, Text: "the guest has unsubscribed"},
	webhook.Failed:       {Code: reason.SendFailed, Text: failedText},
}

const failedText = "Qflow could not send the email; drop the row again to have it sent"

// reasonArgs are they for the script: letter and reason in turn.
var reasonArgs = func() (args []any) {
	for kind, why := range reasons {
		raw, err := json.Marshal(why)
		if err != nil {
			panic(err) // two strings
		}
		letter, _ := letterOf(kind)
		args = append(args, string(letter), raw)
	}
	return args
}()

// reasonOf returns the reason of a letter; none of "".
func reasonOf(letter string) ledger.Reason {
	if letter == "" {
		return ledger.Reason{}
	}
	return reasons[kindOf(letter[0])]
}
