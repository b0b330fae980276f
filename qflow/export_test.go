package qflow

import "net/http"

// Classify, RowErrors, TemplateList, IsGuest and SendOutcome are the readers of what comes from outside, for the
// fuzzers.
func Classify(status int, retryAfter string, body []byte) Outcome {
	return classify(reply{status: status, header: http.Header{"Retry-After": {retryAfter}}, body: body})
}

// RowErrors reads the first bulk answer of a client.
func RowErrors(body []byte, guests []Guest) ([]RowError, bool) {
	return (&Client{}).rowErrors(body, guests)
}

// IsGuest reports whether a body is the record of a guest.
func IsGuest(body []byte, id string) bool {
	_, is := recordOf(body, id)
	return is
}

// SendOutcome reads the 200 of a send.
func SendOutcome(body string) Outcome {
	return sendOutcome(reply{status: http.StatusOK, body: []byte(body)})
}

// TemplateList reads a list of templates.
var TemplateList = templateList

// MaxBody is the longest answer that is read.
const MaxBody = maxBody

// ErrorIn returns what is found in the body of a 2xx, and what is when each of its fields is read.
func ErrorIn(body []byte) (found, read Outcome) {
	r := reply{status: http.StatusOK, body: body}
	return errorIn(r), errorInFields(r)
}
