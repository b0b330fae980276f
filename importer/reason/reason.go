// Package reason lists the codes that say why a row has not succeeded, and decides which of them may be shown to
// people who may not see guests' data: a closed set, since Qflow may say anything, and a guest's name has the shape
// of a code. The price is that a code which is missing here is shown to them as "other".
package reason

import (
	"regexp"
	"slices"

	"guestflow/qflow"
)

// Codes of ours that more than one package knows.
const (
	// Cancelled: a person has cancelled the import.
	Cancelled = "cancelled"
	// Replaced: a later list has corrected the guest, and its row sends the email.
	Replaced = "replaced"
	// FileChanged: the file was changed before the row was enqueued.
	FileChanged = "file_changed"
	// UnknownElsewhere: the email is another import's, where it rests in unknown.
	UnknownElsewhere = "unknown_elsewhere"
	// Bounced, Dropped, Spam, Unsubscribed and SendFailed: the email did not get through, as Qflow's webhooks report.
	Bounced      = "bounced"
	Dropped      = "dropped"
	Spam         = "marked_as_spam"
	Unsubscribed = "unsubscribed"
	SendFailed   = "send_failed"
	// AddressBounced, AddressComplained, AddressUnsubscribed and AddressByHand: the address is suppressed for that.
	AddressBounced      = "address_bounced"
	AddressComplained   = "address_complained"
	AddressUnsubscribed = "address_unsubscribed"
	AddressByHand       = "address_suppressed"
	// SuppressedLater: the address was suppressed when the email may have been out.
	SuppressedLater = "suppressed_later"
	// NearMissHeld and NearMissSkipped: the row is like a known guest, and waits for a decision or was left out by one.
	NearMissHeld    = "near_miss_held"
	NearMissSkipped = "near_miss_skipped"
	// Other stands for all codes that are not in the set.
	Other = "other"
)

// ours is the shape of the codes of rejected rows, which are a closed set of the importer.
var ours = regexp.MustCompile(`^[a-z_]{1,40}$`)

// httpCode is what a refusal without a code is called.
var httpCode = regexp.MustCompile(`^http_[1-5]\d\d$`)

// codes are those that rows of other states can have: the worker's, the client's, and those that Qflow documents.
var codes = func() []string {
	list := []string{
		Cancelled, Replaced, FileChanged, "where", "unproven", "interrupted", "guest_existed", UnknownElsewhere,
		Bounced, Dropped, Spam, Unsubscribed, SendFailed,
		AddressBounced, AddressComplained, AddressUnsubscribed, AddressByHand, SuppressedLater, NearMissHeld, NearMissSkipped,
		"not_json", "not_a_guest", "not_in_answer", "send_unproven", "too_many", "refused_in_bulk", "subscription_key",
		"trust_required", "comms_api_not_enabled", "previous_send_permanently_failed", "spam_check_failed",
		"sendgrid_create_failed",
		"domain_already_configured", "domain_not_verified", "rate_limit", "validation_error", "invalid_token", "forbidden",
	}
	for _, g := range qflow.Gates {
		list = append(list, string(g)+"_gate")
	}
	for k := qflow.Accepted; k <= qflow.NoToken; k++ {
		list = append(list, k.String())
	}
	return list
}()

// Public returns a row's code as it may be shown to people who may not see guests' data; rejected is whether the
// importer has rejected the row, whose codes are all ours.
func Public(code string, rejected bool) string {
	switch {
	case code == "", slices.Contains(codes, code), httpCode.MatchString(code):
		return code
	case rejected && ours.MatchString(code):
		return code
	}
	return Other
}
