package qflow_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

func guest(n int) qflow.Guest {
	return qflow.Guest{
		ID: fmt.Sprintf("99999999-9999-4999-8999-%012d", n), EventID: sandbox.Defaults().EventID, FirstName: "Guest",
		LastName: fmt.Sprint(n), Email: fmt.Sprintf("guest%d@guests.example", n), TemplateID: sandbox.Defaults().TemplateID,
	}
}

// halved does what the worker does: a call that is refused as a whole is halved until the bad records stand alone.
func halved(t *testing.T, c *qflow.Client, guests []qflow.Guest) (refused []string) {
	t.Helper()
	bad, out := c.UpsertGuests(t.Context(), sandbox.Defaults().EventID, guests)
	wantSafe(t, out)
	switch {
	case out.Kind == qflow.Refused && len(guests) > 1:
		return append(halved(t, c, guests[:len(guests)/2]), halved(t, c, guests[len(guests)/2:])...)
	case out.Kind == qflow.Refused:
		return []string{guests[0].LastName}
	case out.Kind != qflow.Accepted:
		t.Fatal(out.Err())
	}
	for _, e := range bad {
		if e.Code == "" {
			t.Errorf("record %d was refused without a code", e.Index)
		}
		refused = append(refused, guests[e.Index].LastName)
	}
	return refused
}

func TestBadRecordsAreFoundUnderEveryStyleOfBulkAnswer(t *testing.T) {
	t.Parallel()
	for _, partial := range []string{"reject_all", "per_row_200", "per_row_207", "keep_good_400"} {
		for _, rows := range []string{"status", "success", "errors_only"} {
			for _, body := range []string{"array", "object", "empty", "not_json"} {
				for _, status := range []string{"200", "201", "204"} {
					t.Run(strings.Join([]string{partial, rows, body, status}, "/"), func(t *testing.T) {
						t.Parallel()
						s, c := box(t, sandbox.Options{Adjust: func(sw *sandbox.Switches) {
							sw.BulkPartial, sw.BulkRows, sw.BulkBody, sw.BulkStatus = partial, rows, body, status
						}})
						guests := make([]qflow.Guest, 9)
						for i := range guests {
							guests[i] = guest(i)
						}
						guests[2].Tags, guests[7].Email = "a#b", "nowhere"
						refused := halved(t, c, guests)
						if slices.Sort(refused); !slices.Equal(refused, []string{"2", "7"}) {
							t.Fatalf("refused %v, want 2 and 7", refused)
						}
						if n := s.Summary().Guests; n != 7 {
							t.Fatalf("%d guests, want 7", n)
						}
					})
				}
			}
		}
	}
}

func TestABulkCallNeverSendsAnEmail(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusOK, "[]"))
	if _, out := b.UpsertGuests(t.Context(), "ev", []qflow.Guest{ada}); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}
	var records []map[string]any
	if err := json.Unmarshal([]byte(b.bodies[0]), &records); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"commsTemplateId", "correlationId", "barcode"} {
		if _, there := records[0][field]; there {
			t.Errorf("%s is in the call", field)
		}
	}
	for _, field := range []string{"lastName", "plusOnes", "isGroup", "tags", "customId"} { // empty, and said so
		if _, there := records[0][field]; !there {
			t.Errorf("%s is not in the call", field)
		}
	}
}

func TestMoreThanTheCapIsRefusedWithoutACall(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusOK, "[]"))
	if _, out := b.UpsertGuests(t.Context(), "ev", make([]qflow.Guest, qflow.MaxBulk+1)); out.Kind != qflow.Refused {
		t.Fatalf("%s, want refused", out.Kind)
	}
	b.wantArrived(t, 0)
}

func TestRefusalsOfSingleRecordsAreReadInEveryShape(t *testing.T) {
	t.Parallel()
	guests := []qflow.Guest{guest(0), guest(1), guest(2)}
	id := func(n int) string { return strings.ToUpper(guests[n].ID) }
	for name, c := range map[string]struct {
		body   string
		guests int
		want   []int
		lost   bool // failures of unknown records
	}{
		"echoed guests":   {`[{"id":"` + id(0) + `","errors":[]},{"id":"` + id(1) + `","error":null},{}]`, 3, nil, false},
		"status by place": {`[{"status":200},{"status":400},{"status":"409"}]`, 3, []int{1, 2}, false},
		"status word":     {`[{"status":"ok"},{"status":"Error"},{"status":"FAILED"}]`, 3, []int{1, 2}, false},
		"success flags": {`{"results":[{"success":true},{"success":false},{"Success":true}]}`, 3, []int{1},
			false},
		"wrapper in pascal case": {`{"Results":[{"Success":true},{"Success":false},{"Success":true}]}`, 3, []int{1},
			false},
		"errors by id":         {`{"created":2,"errors":[{"id":"` + id(2) + `","message":"no"}]}`, 3, []int{2}, false},
		"failures by attendee": {`{"Failures":[{"attendeeId":"` + id(1) + `"}]}`, 3, []int{1}, false},
		"errors by index":      {`{"errors":[{"index":0},{"index":2}]}`, 3, []int{0, 2}, false},
		"the same error twice": {`{"errors":[{"index":0},{"index":0}]}`, 3, []int{0}, false},
		"an empty list before": {`{"errors":[],"failed":[{"index":1}]}`, 3, []int{1}, false},
		"no errors":            {`{"errors":[],"failed":0,"guests":[{},{},{}]}`, 3, nil, false},
		"another id, by place": {`[{"id":"x","status":200},{"id":"y","status":400},{"id":"z","status":200}]`, 3, []int{1}, false},
		"counted from one, by place": {`[{"index":1,"status":200},{"index":2,"status":400},{"index":3,"status":200}]`, 3,
			[]int{1}, false},
		"errors of no record":          {`{"errors":[{"message":"a barcode is in use"}]}`, 3, nil, true},
		"errors as words":              {`{"errors":["bad","worse"]}`, 3, nil, true},
		"errors out of range":          {`{"errors":[{"index":3}]}`, 3, nil, true},
		"errors as an object":          {`{"errors":{"[1].email":["bad"]}}`, 3, nil, true},
		"only a number":                {`{"failedCount":1}`, 3, nil, true},
		"one record, only a number":    {`{"failed":1}`, 1, []int{0}, false},
		"one record, errors of no one": {`{"errors":["bad"]}`, 1, []int{0}, false},
		"one record, other index":      {`{"errors":[{"index":5}]}`, 1, []int{0}, false},
		"not an object":                {`"fine"`, 3, nil, false},
		"nonsense":                     {`[1,"two",null,[]]`, 3, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, nil, says(http.StatusOK, c.body))
			bad, out := b.UpsertGuests(t.Context(), "ev", guests[:c.guests])
			if lost := out.Kind == qflow.Refused; lost != c.lost || (!lost && out.Kind != qflow.Accepted) {
				t.Fatalf("%s (%v), want that failures are lost: %v", out.Kind, out.Err(), c.lost)
			}
			var got []int
			for _, e := range bad {
				got = append(got, e.Index)
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("refused %v, want %v", got, c.want)
			}
		})
	}
}

func TestTemplateListsAreReadInEveryShape(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"array", "wrapped", "data"} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			_, c := box(t, sandbox.Options{Adjust: func(sw *sandbox.Switches) { sw.TemplateList = shape }})
			list, out := c.Templates(t.Context(), sandbox.Defaults().EventID)
			if out.Kind != qflow.Accepted || len(list) != 2 || list[0].ID == "" || list[0].Name == "" {
				t.Fatalf("%+v, %v", list, out.Err())
			}
		})
	}
	if list, _ := qflow.TemplateList([]byte(`[{"id":"a","Html":"<p>x</p>"},{"id":"b"}]`)); len(list) != 2 || list[0].HTML != "<p>x</p>" || list[1].HTML != "" {
		t.Errorf("html is read as %+v", list)
	}
	for body, want := range map[string]int{
		`[]`:                                0,
		`{"templates":[]}`:                  0,
		`{"Items":[{"Id":"a"}],"links":[]}`: 1,
		`{"errors":[],"data":[{"id":"a"},{"id":"b"}],"tags":["x"]}`: 2,
		`{}`:                      -1,
		`null`:                    -1,
		`{"templates":null}`:      -1,
		`["a"]`:                   -1,
		`{"links":[]}`:            -1,
		`{"templates":{"a":"b"}}`: -1,
		`[{"id":"a","html":{"of":1}},{"id":"b","html":null}]`: 2,
	} {
		list, ok := qflow.TemplateList([]byte(body))
		if ok != (want >= 0) || (ok && len(list) != want) {
			t.Errorf("%s gives %+v, %v; want %d", body, list, ok, want)
		}
	}
}
