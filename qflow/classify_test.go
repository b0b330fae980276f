package qflow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"guestflow/qflow"
)

const (
	keyMissing = `{"statusCode":401,"message":"Access denied due to missing subscription key. Make sure to include it."}`
	keyInvalid = `{ "statusCode": 401, "message": "Access denied due to invalid subscription key." }`
	blocked    = `<!DOCTYPE html><html><head><style>p{color:red}</style></head><body><h1>Sorry</h1><p>you have been blocked</p></body></html>`
)

// The table is docs/qflow-api.md section 7, under every shape in which an error may come.
func TestEveryAnswerOfTheFactSheetHasItsOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   qflow.Outcome // Kind, Gate and Code
		text   string
	}{
		"400 with code and message": {400, `{"error":"validation_error","message":"eventId is required"}`, qflow.Outcome{Kind: qflow.Refused, Code: "validation_error"}, "eventId is required"},
		"400 of ASP.NET":            {400, `{"title":"One or more errors.","errors":{"plusOnes":["too many"]}}`, qflow.Outcome{Kind: qflow.Refused}, `One or more errors. {"plusOnes":["too many"]}`},
		"400 without any text":      {400, ``, qflow.Outcome{Kind: qflow.Refused}, ""},
		"400 of unknown keys":       {400, `{"why":"no"}`, qflow.Outcome{Kind: qflow.Refused}, `{"why":"no"}`},
		"401 empty":                 {401, ``, qflow.Outcome{Kind: qflow.Unauthorized}, ""},
		"401 with a code":           {401, `{"error":"invalid_token"}`, qflow.Outcome{Kind: qflow.Unauthorized, Code: "invalid_token"}, "invalid_token"},
		"401 missing key": {401, keyMissing, qflow.Outcome{Kind: qflow.KeyRefused, Code: "subscription_key"},
			"Access denied due to missing subscription key. Make sure to include it."},
		"401 invalid key": {401, keyInvalid, qflow.Outcome{Kind: qflow.KeyRefused, Code: "subscription_key"},
			"Access denied due to invalid subscription key."},
		"403 trust, error":     {403, `{"error":"trust_required"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, "trust_required"},
		"403 trust, code":      {403, `{"code":"trust_required","message":"verify"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, "verify"},
		"403 trust, errorCode": {403, `{"errorCode":"trust_required"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, `{"errorCode":"trust_required"}`},
		"403 trust, pascal":    {403, `{"ErrorCode":"trust_required","Message":"verify"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, "verify"},
		"403 trust, nested":    {403, `{"error":{"code":"trust_required","message":"verify"}}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, "verify"},
		"403 trust, problem":   {403, `{"title":"trust_required","detail":"verify","status":403}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, `trust_required "verify"`},
		"403 trust, plain text": {403, `trust_required: verify`,
			qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "trust_required"}, "trust_required: verify"},
		"403 trust beside a code": {403, `{"code":"forbidden","reason":"trust_required","message":"no"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateTrust, Code: "forbidden"}, "trust_required no"},
		"403 comms, error":        {403, `{"error":"comms_api_not_enabled"}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateComms, Code: "comms_api_not_enabled"}, "comms_api_not_enabled"},
		"403 comms, page": {403, `<p>COMMS_API_NOT_ENABLED</p>`,
			qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GateComms, Code: "comms_api_not_enabled"},
			"COMMS_API_NOT_ENABLED"},
		"403 plan, message": {403, `{"message":"You have reached the number of guests."}`, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GatePlan}, "You have reached the number of guests."},
		"403 plan, empty":   {403, ``, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GatePlan}, ""},
		"403 of a firewall": {403, blocked, qflow.Outcome{Kind: qflow.GateClosed, Gate: qflow.GatePlan},
			"Sorry you have been blocked"},
		"404":                {404, `{"message":"Resource not found"}`, qflow.Outcome{Kind: qflow.Refused}, "Resource not found"},
		"409":                {409, `{"error":"domain_not_verified"}`, qflow.Outcome{Kind: qflow.Refused, Code: "domain_not_verified"}, "domain_not_verified"},
		"422 spam":           {422, `{"error":"spam_check_failed","message":"bad link"}`, qflow.Outcome{Kind: qflow.Refused, Code: "spam_check_failed"}, "bad link"},
		"422 dead recipient": {422, `{"error":"previous_send_permanently_failed","reason":"bounced","message":"cannot"}`, qflow.Outcome{Kind: qflow.Refused, Code: "previous_send_permanently_failed"}, "bounced cannot"},
		"422 dead recipient, text": {422, `previous_send_permanently_failed: cannot`,
			qflow.Outcome{Kind: qflow.Refused, Code: "previous_send_permanently_failed"},
			"previous_send_permanently_failed: cannot"},
		"429 JSON": {429, `{"error":"rate_limit","message":"too many requests"}`, qflow.Outcome{Kind: qflow.RateLimited, Code: "rate_limit"}, "too many requests"},
		"429 page": {429, `<html><title>Error 1015</title></html>`, qflow.Outcome{Kind: qflow.RateLimited},
			"Error 1015"},
		"301": {301, ``, qflow.Outcome{Kind: qflow.Transient}, "redirected: is the API address right?"},
		"302": {302, `moved`, qflow.Outcome{Kind: qflow.Transient},
			"redirected: is the API address right?"},
		"307": {307, ``, qflow.Outcome{Kind: qflow.Transient}, "redirected: is the API address right?"},
		"408": {408, ``, qflow.Outcome{Kind: qflow.Ambiguous}, ""},
		"425": {425, ``, qflow.Outcome{Kind: qflow.Ambiguous}, ""},
		"500": {500, `{"message":"An error has occurred."}`, qflow.Outcome{Kind: qflow.Ambiguous}, "An error has occurred."},
		"521": {521, `down`, qflow.Outcome{Kind: qflow.Transient},
			"Qflow's gateway could not be reached by the network in front of it"},
		"522": {522, `timed out`, qflow.Outcome{Kind: qflow.Ambiguous}, "timed out"},
		"502 page": {502, `<html><h1>502 Bad Gateway</h1></html>`, qflow.Outcome{Kind: qflow.Ambiguous},
			"502 Bad Gateway"},
		"503":                    {503, ``, qflow.Outcome{Kind: qflow.Ambiguous}, ""},
		"599":                    {599, ``, qflow.Outcome{Kind: qflow.Ambiguous}, ""},
		"a code with an address": {400, `{"error":"` + guestEmail + `"}`, qflow.Outcome{Kind: qflow.Refused}, "[address]"},
		"a sentence for a code":  {400, `{"error":"The guest is bad"}`, qflow.Outcome{Kind: qflow.Refused}, "The guest is bad"},
		"a number for a code":    {400, `{"error":400,"code":"bad_guest"}`, qflow.Outcome{Kind: qflow.Refused, Code: "bad_guest"}, `{"error":400,"code":"bad_guest"}`},
	} {
		for call, make := range calls {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				b := serve(t, nil, says(c.status, c.body, "Location", "/elsewhere"))
				out := make(t.Context(), b.Client)
				if out.Kind != c.want.Kind || out.Gate != c.want.Gate || out.Code != c.want.Code || out.Status != c.status ||
					out.Text != c.text {
					t.Fatalf("got %+v, want %+v and %q", out, c.want, c.text)
				}
				wantSafe(t, out)
				b.wantArrived(t, 1)
			})
		}
	}
}

func TestAGuestsAddressNeverGetsIntoAnOutcome(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"plain":          "the address " + guestEmail + " is bad",
		"in JSON":        `{"message":"` + guestEmail + ` is bad"}`,
		"escaped JSON":   `{"why":"ada.o'hara+gala\u0040guests.example"}`,
		"in a URL":       `see /guest?email=ada.o'hara+gala%40guests.example`,
		"HTML entity":    `<p>ada.o&#39;hara+gala&#64;guests.example</p>`,
		"angle brackets": `Ada <` + guestEmail + `>`,
		"quoted":         `'` + guestEmail + `'`,
		"in details":     `{"title":"bad","errors":{"email":["` + guestEmail + `"]}}`,
		// the limit of what is read falls into it
		"cut in two": strings.Repeat("<i>", 1360) + "ada.o'hara+gala@guests.example",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := serve(t, nil, says(http.StatusBadRequest, body))
			wantSafe(t, b.CreateGuest(t.Context(), ada))
			b = serve(t, nil, says(http.StatusOK, `{"errors":[{"id":"`+ada.ID+`","message":`+quoteJSON(body)+`}]}`))
			bad, _ := b.UpsertGuests(t.Context(), "ev", []qflow.Guest{ada})
			if len(bad) != 1 {
				t.Fatalf("%d row errors, want 1", len(bad))
			}
			wantSafe(t, qflow.Outcome{Kind: qflow.Refused, Code: bad[0].Code, Text: bad[0].Text})
		})
	}
}

func TestAnEchoedSecretIsHidden(t *testing.T) {
	t.Parallel()
	b := serve(t, nil, says(http.StatusBadGateway, "upstream got Authorization: Bearer "+accessToken+" and key "+key))
	out := b.CreateGuest(t.Context(), ada)
	wantSafe(t, out)
	if want := "upstream got Authorization: Bearer [hidden] and key [hidden]"; out.Text != want {
		t.Fatalf("text %q, want %q", out.Text, want)
	}
}

func TestRetryAfterIsReadWhereItCanBeAndIgnoredWhereNot(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for value, want := range map[string]struct{ from, to time.Duration }{
		"":                                {0, 0},
		"60":                              {time.Minute, time.Minute},
		" 7 ":                             {7 * time.Second, 7 * time.Second},
		"0":                               {0, 0},
		"-5":                              {0, 0},
		"1.5":                             {0, 0},
		"soon":                            {0, 0},
		"99999999999999999999":            {0, 0},
		"2000000000":                      {time.Hour, time.Hour},
		in(2 * time.Minute):               {100 * time.Second, 2 * time.Minute},
		in(-time.Hour):                    {0, 0},
		in(48 * time.Hour):                {time.Hour, time.Hour},
		"Wed, 31 Feb 2026 25:00:00 GMT":   {0, 0},
		"Monday, 01-Jun-26 12:00:00 PST+": {0, 0},
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			b := serve(t, nil, says(http.StatusTooManyRequests, "", "Retry-After", value))
			out := b.CreateGuest(t.Context(), ada)
			if out.Kind != qflow.RateLimited || out.Wait < want.from || out.Wait > want.to {
				t.Fatalf("%s, wait %v; want rate_limited and %v to %v", out.Kind, out.Wait, want.from, want.to)
			}
		})
	}
}

func TestAReasonAlwaysHasACode(t *testing.T) {
	t.Parallel()
	for want, out := range map[string]qflow.Outcome{
		"bad_guest":    {Kind: qflow.Refused, Status: 400, Code: "bad_guest"},
		"http_400":     {Kind: qflow.Refused, Status: 400},
		"transient":    {Kind: qflow.Transient, Cause: http.ErrHandlerTimeout},
		"rate_limited": {Kind: qflow.RateLimited},
		"no_token":     {Kind: qflow.NoToken, Status: 401, Cause: http.ErrNoCookie},
	} {
		if code, _ := out.Reason(); code != want {
			t.Errorf("%+v has the reason %q, want %q", out, code, want)
		}
	}
	if err := (qflow.Outcome{Kind: qflow.Accepted}).Err(); err != nil {
		t.Errorf("accepted gives the error %v", err)
	}
}
