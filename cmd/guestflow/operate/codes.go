package operate

import (
	"regexp"
	"slices"

	"guestflow/importer/columns"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// otherReason stands for all codes that nobody here knows. Qflow may say anything, and a guest's name has the shape of a code.
const otherReason = "other"

// ours is the shape of the codes of rejected rows, which are a closed set of the importer.
var ours = regexp.MustCompile(`^[a-z_]{1,40}$`)

// httpCode is what a refusal without a code is called.
var httpCode = regexp.MustCompile(`^http_[1-5]\d\d$`)

// codes are those that rows of other states can have: the worker's, the client's, and those that Qflow documents.
var codes = func() []string {
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

// Code gives a row's reason to whom guests' data may not be shown: a closed set.
func Code(to ledger.State, code string) string {
	switch {
	case code == "", slices.Contains(codes, code), httpCode.MatchString(code):
		return code
	case to == ledger.Rejected && ours.MatchString(code):
		return code
	}
	return otherReason
}

// otherColumn stands for headers that are no field's: somebody may have mapped a list without a header by its first guest.
const otherColumn = "another column"

// Column gives a header to whom guests' data may not be shown.
func Column(header string) string {
	if header == "" || columns.Known(header) {
		return header
	}
	return otherColumn
}

// Public gives reasons to whom guests' data may not be shown. Those that look the same then are one.
func Public(lines []ledger.ReasonLine) (public []ledger.ReasonLine) {
	for _, line := range lines {
		line.Code, line.Column = Code(line.State, line.Code), Column(line.Column)
		same := slices.IndexFunc(public, func(l ledger.ReasonLine) bool {
			return l.State == line.State && l.Code == line.Code && l.Column == line.Column
		})
		if same < 0 {
			public = append(public, line)
			continue
		}
		public[same].Rows += line.Rows
		public[same].First = append(slices.Clone(public[same].First), line.First...)
	}
	return public
}

// Told tells whether a reason says all that is known of it, so that it can be asked for again.
func Told(line ledger.ReasonLine) bool { return line.Code != otherReason && line.Column != otherColumn }
