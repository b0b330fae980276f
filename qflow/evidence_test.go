package qflow_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"guestflow/qflow"
)

func TestAnErrorInA200IsNotTakenForSuccess(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]qflow.Outcome{
		`{"error":"trust_required","message":"verify first"}`:                  {Kind: qflow.GateClosed, Gate: qflow.GateTrust},
		`{"Code":"comms_api_not_enabled"}`:                                     {Kind: qflow.GateClosed, Gate: qflow.GateComms},
		`{"error":{"code":"rate_limit"}}`:                                      {Kind: qflow.RateLimited},
		`{"errorCode":"spam_check_failed"}`:                                    {Kind: qflow.Refused},
		`{"error":"something_else"}`:                                           {Kind: qflow.Ambiguous},
		`{"error":"It did not go well"}`:                                       {Kind: qflow.Ambiguous},
		`{"id":"` + ada.ID + `","error":"trust_required","firstName":"Ada"}`:   {Kind: qflow.GateClosed, Gate: qflow.GateTrust},
		`{"attendeeInvitationId":"i1","error":{"code":"something_different"}}`: {Kind: qflow.Ambiguous},
	} {
		for call, make := range calls {
			if call == "templates" {
				continue
			}
			b := serve(t, nil, says(http.StatusOK, body))
			out := make(t.Context(), b.Client)
			if out.Kind != want.Kind || out.Gate != want.Gate || out.Status != http.StatusOK {
				t.Errorf("%s after %s: %s %s %d, want %s %s", call, body, out.Kind, out.Gate, out.Status, want.Kind, want.Gate)
			}
			wantSafe(t, out)
		}
	}
}

func TestTheStatusOfASendDecides(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]qflow.Kind{
		`{"attendeeInvitationId":"i1","status":"queued"}`:       qflow.Accepted,
		`{"AttendeeInvitationId":"i1","Status":"Sent"}`:         qflow.Accepted,
		`{"status":"Queued"}`:                                   qflow.Accepted,
		`{"attendeeInvitationId":"i1","status":0}`:              qflow.Accepted, // a number for a word is not read
		`{"attendeeInvitationId":"i1"}`:                         qflow.Accepted,
		`{"attendeeInvitationId":"i1","status":null}`:           qflow.Accepted,
		`{"attendeeInvitationId":"i1","status":"failed"}`:       qflow.Refused,
		`{"attendeeInvitationId":"i1","status":"Not Sent"}`:     qflow.Refused,
		`{"attendeeInvitationId":"i1","status":"suppressed"}`:   qflow.Refused,
		`{"attendeeInvitationId":"i1","status":"under_review"}`: qflow.Ambiguous,
		`{"attendeeInvitationId":null,"status":null}`:           qflow.Ambiguous,
		`{}`: qflow.Ambiguous, `[]`: qflow.Ambiguous, `"queued"`: qflow.Ambiguous, `null`: qflow.Ambiguous,
	} {
		if out := qflow.SendOutcome(body); out.Kind != want {
			t.Errorf("%s is %s, want %s", body, out.Kind, want)
		}
	}
}

func TestARecordSaysWithWhatItsGuestWasMade(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusOK, `{"Id":"`+strings.ToUpper(ada.ID)+`","CommsTemplateId":"tpl","CorrelationId":"c1"}`))
	if out := b.CreateGuest(t.Context(), ada); out.Record != (qflow.Record{TemplateID: "tpl", CorrelationID: "c1"}) {
		t.Errorf("the record is %+v", out.Record)
	}
	b = serve(t, nil, says(http.StatusOK, `{"id":"`+ada.ID+`","commsTemplateId":null}`))
	if out := b.CreateGuest(t.Context(), ada); out.Kind != qflow.Accepted || out.Record != (qflow.Record{}) {
		t.Errorf("%s, the record is %+v", out.Kind, out.Record)
	}
}

func TestAGuestThatABulkAnswerLacksWasNotWritten(t *testing.T) {
	t.Parallel()
	guests := []qflow.Guest{guest(0), guest(1), guest(2)}
	id := func(n int) string { return `{"id":"` + guests[n].ID + `"}` }
	for body, want := range map[string][]int{
		`[` + id(0) + `,` + id(2) + `]`:                                           {1},
		`{"guests":[` + id(1) + `]}`:                                              {0, 2},
		`{"Results":[` + id(2) + `,{"id":"` + guests[0].ID + `","error":"bad"}]}`: {0, 1},
		`[` + id(0) + `,` + id(1) + `,` + id(2) + `]`:                             nil,
		`[{"id":"x"},{"id":"y"}]`:                                                 nil, // other ids tell nothing of ours
		`[]`:                                                                      nil, // nothing is known of how it lists
		`{"errors":[]}`:                                                           nil,
	} {
		bad, placed := qflow.RowErrors([]byte(body), guests)
		var got []int
		for _, e := range bad {
			got = append(got, e.Index)
		}
		if slices.Sort(got); !placed || !slices.Equal(got, want) {
			t.Errorf("%s: refused %v, want %v", body, got, want)
		}
	}
}

func TestAnEmptyListMeansNothingWrittenOnceWrittenGuestsWereListed(t *testing.T) {
	t.Parallel()
	answers := make(chan string, 2)
	b := serve(t, nil, func(w http.ResponseWriter, r *http.Request) { says(http.StatusOK, <-answers)(w, r) })
	answers <- `[{"id":"` + guest(0).ID + `"}]`
	answers <- `[]`
	for _, guests := range [][]qflow.Guest{{guest(0), guest(1)}, {guest(1)}} {
		bad, out := b.UpsertGuests(t.Context(), "ev", guests)
		if out.Kind != qflow.Accepted || len(bad) != 1 || guests[bad[0].Index].ID != guest(1).ID ||
			bad[0].Code != "not_in_answer" {
			t.Errorf("%s, refused %+v", out.Kind, bad)
		}
	}
}
