package monitor

import (
	"regexp"
	"slices"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// otherReason stands for all codes that nobody here knows. Qflow may say anything, and a guest's name has the shape of a code.
const otherReason = "other"

// ours is the shape of the codes of rejected rows, which are a closed set of the importer.
var ours = regexp.MustCompile(`^[a-z_]{1,40}$`)

// httpCode is what a refusal without a code is called.
var httpCode = regexp.MustCompile(`^http_[1-5]\d\d$`)

// reasons are the codes that rows of other states can have: the worker's, the client's, and those that Qflow documents.
var reasons = func() []string {
	list := []string{
		ledger.StoppedCancelled, ledger.ReasonFileChanged, "unproven", "interrupted",
		ledger.ReasonBounced, ledger.ReasonDropped, ledger.ReasonSpam, ledger.ReasonUnsubscribed, ledger.ReasonSendFailed,
		"not_json", "not_a_guest", "too_many", "refused_in_bulk", "subscription_key",
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

// reason makes a code a label.
func reason(to ledger.State, code string) string {
	switch {
	case code == "", slices.Contains(reasons, code), httpCode.MatchString(code):
		return code
	case to == ledger.Rejected && ours.MatchString(code):
		return code
	}
	return otherReason
}
