package qflow

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// RowError is the refusal of one record in a bulk answer that as a whole succeeded.
type RowError struct {
	Index int // in the request
	Code  string
	Text  string
}

// rowResult is one element of a bulk answer, in every shape that is likely (docs/qflow-api.md section 11, question
// 6: the answer's shape is unknown, and an empty or unreadable one after a 2xx means success).
type rowResult struct {
	ID         string          `json:"id"`
	AttendeeID string          `json:"attendeeId"`
	Index      *int            `json:"index"`
	Success    *bool           `json:"success"`
	Status     json.RawMessage `json:"status"`
	Error      json.RawMessage `json:"error"`
	Errors     json.RawMessage `json:"errors"`
	ErrorCode  string          `json:"errorCode"`
	all        json.RawMessage
}

// failureFields hold failures only, whatever their elements say; resultFields hold one element for each record.
var (
	failureFields = []string{"errors", "failed", "failures", "rejected"}
	resultFields  = []string{"results", "guests", "items", "data"}
	failureCounts = []string{"failed", "failedcount", "errorcount", "failurecount", "rejected", "rejectedcount"}
)

// rowErrors returns the refusals of single records in a bulk answer. placed is false when the answer reports a failure
// without saying of which record: then no record may be considered written.
func (c *Client) rowErrors(body []byte, guests []Guest) (bad []RowError, placed bool) {
	if allSucceeded(body, len(guests)) {
		return nil, true
	}
	bad, placed = refusals(body, guests)
	if !placed {
		return nil, false
	}
	return append(bad, c.notListed(body, guests, bad)...), true
}

// notListed returns the records that are missing in an answer that lists those it has written. Whether Qflow lists them
// is unknown, but once it has, an empty list means that nothing was written.
func (c *Client) notListed(body []byte, guests []Guest, refused []RowError) (missing []RowError) {
	results, failures := rowResults(body)
	if failures || len(results) >= len(guests) || len(results) == 0 && !isList(body) {
		return nil
	}
	listed := map[string]bool{}
	for _, r := range results {
		if id := cmp.Or(r.ID, r.AttendeeID); id != "" && !r.failed() {
			listed[strings.ToLower(id)] = true
		}
	}
	ours := slices.ContainsFunc(guests, func(g Guest) bool { return listed[strings.ToLower(g.ID)] })
	if ours {
		c.listsWritten.Store(true)
	} else if len(results) > 0 || !c.listsWritten.Load() {
		return nil
	}
	for i, g := range guests {
		if !listed[strings.ToLower(g.ID)] && !slices.ContainsFunc(refused, func(e RowError) bool { return e.Index == i }) {
			missing = append(missing,
				RowError{Index: i, Code: "not_in_answer",
					Text: "the answer lists the guests that were written, and this one is not among them"})
		}
	}
	return missing
}

// isList reports whether a body is a list of results, even an empty one.
func isList(body []byte) bool {
	_, is := arrayIn(body, resultFields...)
	return is
}

// namesRecords reports whether a body reports on single records; an error in the same body is about those.
func namesRecords(body []byte) bool {
	results, _ := rowResults(body)
	return len(results) > 0 || failsUnnamed(body)
}

func refusals(body []byte, guests []Guest) (bad []RowError, placed bool) {
	results, failures := rowResults(body)
	seen := map[int]bool{}
	for i, r := range results {
		if !failures && !r.failed() {
			continue
		}
		at, ok := r.position(i, len(results), guests)
		if !ok {
			return nil, false
		}
		if !seen[at] {
			seen[at] = true
			bad = append(bad, RowError{Index: at, Code: cmp.Or(errorCode(r.all), "refused_in_bulk"),
				Text: shorten(message(r.all))})
		}
	}
	if len(bad) > 0 || !failsUnnamed(body) {
		return bad, true
	}
	if len(guests) == 1 {
		return []RowError{{Code: cmp.Or(errorCode(body), "refused_in_bulk"), Text: shorten(message(body))}}, true
	}
	return nil, false
}

// allSucceeded is the fast path for the usual answer, a bare array of two hundred records without a failure: reading it
// several times would cost half of all that the worker does for them.
func allSucceeded(body []byte, sent int) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		return false
	}
	var results []rowResult
	err := json.Unmarshal(body, &results)
	if _, otherShape := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !otherShape {
		return false
	}
	return len(results) >= sent && !slices.ContainsFunc(results, rowResult.failed)
}

// rowResults reads a bare array or the first array found in an object. A list of failures takes precedence over one of
// all records.
func rowResults(body []byte) (results []rowResult, failures bool) {
	if all := elementsOf(body); len(all) > 0 {
		return readResults(all), false
	}
	fields := fieldsOf(body)
	for _, name := range failureFields {
		if bad := elementsOf(fields[name]); len(bad) > 0 {
			return readResults(bad), true
		}
	}
	for _, name := range resultFields {
		if all := elementsOf(fields[name]); len(all) > 0 {
			return readResults(all), false
		}
	}
	return nil, false
}

func readResults(elements []json.RawMessage) []rowResult {
	results := make([]rowResult, len(elements))
	for i, element := range elements {
		results[i].all = element
		_ = json.Unmarshal(element, &results[i]) // an element of another shape is not a readable failure
	}
	return results
}

func elementsOf(list json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if json.Unmarshal(list, &elements) != nil {
		return nil
	}
	return elements
}

// failsUnnamed reports whether an object reports failures other than in a list: by number, or as an object of messages.
func failsUnnamed(body []byte) bool {
	fields := fieldsOf(body)
	for _, name := range failureCounts {
		var n float64
		if json.Unmarshal(fields[name], &n) == nil && n > 0 {
			return true
		}
	}
	for _, name := range failureFields {
		if raw := strings.TrimSpace(string(fields[name])); strings.HasPrefix(raw, "{") && present(fields[name]) {
			return true
		}
	}
	return false
}

func (r rowResult) failed() bool {
	status := strings.Trim(string(r.Status), `"`)
	return present(r.Error) || present(r.Errors) || r.ErrorCode != "" || (r.Success != nil && !*r.Success) ||
		(len(status) == 3 && status >= "400" && status <= "599") || strings.EqualFold(status, "error") ||
		strings.EqualFold(status, "failed")
}

func present(raw json.RawMessage) bool {
	s := string(raw)
	return s != "" && s != "null" && s != `""` && s != "[]" && s != "{}" && s != "false"
}

// position returns the index of the record that a result is about: by id, by position when there is one for each, or by
// its own index, of which it is unknown whether it counts from 0 or 1.
func (r rowResult) position(place, results int, guests []Guest) (int, bool) {
	id := cmp.Or(r.ID, r.AttendeeID)
	for i, g := range guests {
		if id != "" && strings.EqualFold(g.ID, id) {
			return i, true
		}
	}
	if results == len(guests) {
		return place, true
	}
	if r.Index == nil {
		return 0, false
	}
	return *r.Index, *r.Index >= 0 && *r.Index < len(guests)
}
