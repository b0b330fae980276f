package qflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// RowError is one record's refusal inside a bulk answer that as a whole succeeded.
type RowError struct {
	Index int // in the request
	Code  string
	Text  string
}

// rowResult is one element of a bulk answer, in every shape that could be meant (docs/qflow-api.md section 11, question
// 6: the answer's shape is unknown, and an empty or unreadable one after a 2xx means that all went well).
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

// rowErrors reads the refusals of single records out of a bulk answer. placed is false when the answer tells of a failure
// and not of whose it is: then no record may be taken for written.
func (c *Client) rowErrors(body []byte, guests []Guest) (bad []RowError, placed bool) {
	if allFine(body, len(guests)) {
		return nil, true
	}
	bad, placed = refusals(body, guests)
	if !placed {
		return nil, false
	}
	return append(bad, c.notListed(body, guests, bad)...), true
}

// notListed finds the records that an answer lacks which lists those that were written. Whether Qflow lists them is unknown,
// but once it has, an empty list means that nothing was written.
func (c *Client) notListed(body []byte, guests []Guest, refused []RowError) (lacking []RowError) {
	results, failures := rowResults(body)
	if failures || len(results) >= len(guests) || len(results) == 0 && !isList(body) {
		return nil
	}
	listed := map[string]bool{}
	for _, r := range results {
		if id := or(r.ID, r.AttendeeID); id != "" && !r.failed() {
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
			lacking = append(lacking, RowError{Index: i, Code: "not_in_answer", Text: "the answer lists the guests that were written, and this one is not among them"})
		}
	}
	return lacking
}

// isList reports whether a body is a list of results, if an empty one.
func isList(body []byte) bool {
	_, is := arrayIn(body, resultFields...)
	return is
}

// namesRecords reports whether a body speaks of single records, which an error beside them is about.
func namesRecords(body []byte) bool {
	results, _ := rowResults(body)
	return len(results) > 0 || failsUntold(body)
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
			bad = append(bad, RowError{Index: at, Code: or(errorCode(r.all), "refused_in_bulk"), Text: shorten(message(r.all))})
		}
	}
	if len(bad) > 0 || !failsUntold(body) {
		return bad, true
	}
	if len(guests) == 1 {
		return []RowError{{Code: or(errorCode(body), "refused_in_bulk"), Text: shorten(message(body))}}, true
	}
	return nil, false
}

// allFine spares the usual answer, a bare array of two hundred records without a failure, the closer look: reading it several
// times would cost half of what the whole worker does for them.
func allFine(body []byte, sent int) bool {
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

// rowResults reads a bare array or the first array found in an object. A list of failures goes before one of all records.
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
		_ = json.Unmarshal(element, &results[i]) // an element of another shape is simply no failure that we can read
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

// failsUntold tells whether an object speaks of failures elsewhere than in a list: by number, or as an object of messages.
func failsUntold(body []byte) bool {
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
		(len(status) == 3 && status >= "400" && status <= "599") || strings.EqualFold(status, "error") || strings.EqualFold(status, "failed")
}

func present(raw json.RawMessage) bool {
	s := string(raw)
	return s != "" && s != "null" && s != `""` && s != "[]" && s != "{}" && s != "false"
}

// position finds which record a result speaks of: by id, by place when there is one for each, or by its own index, which
// may count from 1 for all we know.
func (r rowResult) position(place, results int, guests []Guest) (int, bool) {
	id := or(r.ID, r.AttendeeID)
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
