package qflow

import (
	"encoding/json"
	"strings"
)

// RowError is one record's refusal inside a bulk answer that as a whole succeeded.
type RowError struct {
	Index int // in the request
	Code  string
	Text  string
}

// rowResult is one element of a bulk answer, in every shape that could be meant (fact sheet section 11, question 6: the
// answer's shape is unknown, and an empty or unreadable one after a 2xx means that all went well).
type rowResult struct {
	ID         string          `json:"id"`
	AttendeeID string          `json:"attendeeId"`
	Index      *int            `json:"index"`
	Success    *bool           `json:"success"`
	Status     json.RawMessage `json:"status"`
	Error      json.RawMessage `json:"error"`
	Errors     json.RawMessage `json:"errors"`
	Code       string          `json:"code"`
	ErrorCode  string          `json:"errorCode"`
	Message    string          `json:"message"`
	all        json.RawMessage
}

func rowErrors(body []byte, guests []Guest) []RowError {
	results, failures := rowResults(body)
	var out []RowError
	for i, r := range results {
		if !failures && !r.failed() {
			continue
		}
		if at, ok := r.position(i, len(results), guests); ok {
			out = append(out, RowError{Index: at, Code: or(errorCode(r.all), "refused_in_bulk"), Text: shorten(or(message(r.all), r.Message))})
		}
	}
	return out
}

// rowResults reads a bare array or the first array found in an object. A list under a name such as "errors" holds
// failures only, whatever its elements say.
func rowResults(body []byte) (results []rowResult, failures bool) {
	var raw []json.RawMessage
	if json.Unmarshal(body, &raw) != nil {
		var wrapped map[string]json.RawMessage
		if json.Unmarshal(body, &wrapped) != nil {
			return nil, false
		}
		for _, name := range []string{"errors", "failed", "failures", "rejected", "results", "guests", "items", "data"} {
			if json.Unmarshal(wrapped[name], &raw) == nil && len(raw) > 0 {
				failures = strings.Contains("errors failed failures rejected", name)
				break
			}
		}
	}
	for _, element := range raw {
		r := rowResult{all: element}
		_ = json.Unmarshal(element, &r) // an element of another shape is simply no failure that we can read
		results = append(results, r)
	}
	return results, failures
}

func (r rowResult) failed() bool {
	status := strings.Trim(string(r.Status), `"`)
	return present(r.Error) || present(r.Errors) || r.ErrorCode != "" || (r.Success != nil && !*r.Success) ||
		(len(status) == 3 && status >= "400" && status <= "599") || strings.EqualFold(status, "error") || strings.EqualFold(status, "failed")
}

func present(raw json.RawMessage) bool {
	s := string(raw)
	return s != "" && s != "null" && s != `""` && s != "[]" && s != "{}" && s != "false"
}

// position finds which record a result speaks of: by id, by its own index, or by place when there is one for each.
func (r rowResult) position(place, results int, guests []Guest) (int, bool) {
	if id := or(r.ID, r.AttendeeID); id != "" {
		for i, g := range guests {
			if strings.EqualFold(g.ID, id) {
				return i, true
			}
		}
		return 0, false
	}
	if r.Index != nil {
		return *r.Index, *r.Index >= 0 && *r.Index < len(guests)
	}
	return place, results == len(guests)
}
