package qflow

import "net/http"

// Classify, RowErrors, TemplateList and IsGuest are the readers of what comes from outside, for the fuzzers.
func Classify(status int, retryAfter string, body []byte) Outcome {
	return classify(reply{status: status, header: http.Header{"Retry-After": {retryAfter}}, body: body})
}

var (
	RowErrors    = rowErrors
	TemplateList = templateList
	IsGuest      = isGuest
)

// MaxBody is the longest answer that is read.
const MaxBody = maxBody
