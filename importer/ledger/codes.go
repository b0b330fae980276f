package ledger

import (
	"regexp"
	"slices"

	"guestflow/qflow"
)

// ReasonUnknownElsewhere is the code of rows whose email is another import's, where it rests in unknown.
const ReasonUnknownElsewhere = "unknown_elsewhere"

// OtherReason stands for all codes that nobody here knows. Qflow may say anything, and a guest's name has the shape of a code.
const OtherReason = "other"

// ours is the shape of the codes of rejected rows, which are a closed set of the importer.
var ours = regexp.MustCompile(`^[a-z_]{1,40}$`)

// httpCode is what a refusal without a code is called.
var httpCode = regexp.MustCompile(`^http_[1-5]\d\d$`)

// codes are those that rows of other states can have: the worker's, the client's, and those that Qflow documents.
var codes = func() []string {
	list := []string{
		StoppedCancelled, ReasonFileChanged, "unproven", "interrupted", "guest_existed", ReasonUnknownElsewhere,
		ReasonBounced, ReasonDropped, ReasonSpam, ReasonUnsubscribed, ReasonSendFailed,
		"not_json", "not_a_guest", "not_in_answer", "send_unproven", "too_many", "refused_in_bulk", "subscription_key",
		"trust_required", "comms_api_not_enabled", "previous_send_permanently_failed", "spam_check_failed", "sendgrid_create_failed",
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

// Code gives a row's reason to whom guests' data may not be shown: a closed set.
func Code(to State, code string) string {
	switch {
	case code == "", slices.Contains(codes, code), httpCode.MatchString(code):
		return code
	case to == Rejected && ours.MatchString(code):
		return code
	}
	return OtherReason
}
