package qflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guestflow/qflow"
	"guestflow/tokencache/secret"
)

// lister returns a client of a server that answers with do.
func lister(t *testing.T, do http.HandlerFunc) *qflow.Client {
	t.Helper()
	server := httptest.NewServer(do)
	t.Cleanup(server.Close)
	c, err := qflow.New(qflow.Config{URL: server.URL, SubscriptionKey: "key", Timeout: 500 * time.Millisecond},
		fixedToken{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

type fixedToken struct{}

func (fixedToken) Token(context.Context) (secret.Text, uint64, error) { return "token", 1, nil }
func (fixedToken) Refused(context.Context, uint64) error              { return nil }
func (fixedToken) Accepted(uint64)                                    {}

// names lists a page, and returns the first names on it.
func names(t *testing.T, c *qflow.Client, page qflow.GuestPage) (list []string, next qflow.GuestPage,
	out qflow.Outcome) {
	t.Helper()
	next, out = c.ListGuests(t.Context(), "ev", page, func(g qflow.Listed) error {
		list = append(list, g.FirstName)
		return nil
	})
	return list, next, out
}

func TestAListOfGuestsIsReadInEveryShape(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`[{"firstName":"Ann"},{"firstName":"Bob","plusOnes":"many","validFrom":"2026-06-01T18:00:00"}]`: "Ann Bob",
		`{"total":2,"data":[{"firstName":"Ann"}],"more":{}}`:                                            "Ann",
		`[]`:                   "",
		`[{"firstName":null}]`: "",
	} {
		c := lister(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		list, _, out := names(t, c, qflow.GuestPage{})
		if got := strings.TrimSpace(strings.Join(list, " ")); out.Kind != qflow.Accepted || got != want {
			t.Errorf("%s: %q, %v", body, got, out.Err())
		}
	}
}

func TestAnAnswerThatIsNoWholeListIsAmbiguous(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a page": "<html>", "cut": `[{"firstName":"Ann"},`, "cut in a guest": `[{"firstName":"An`, "nothing": "", "null": "null",
		"no list": `{"error":{"code":"x"}}`, "a text": `"guests"`, "texts": `["Ann"]`,
	} {
		c := lister(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if _, _, out := names(t, c, qflow.GuestPage{}); out.Kind != qflow.Ambiguous {
			t.Errorf("%s: %v", name, out.Kind)
		}
	}
}

func TestATimeOfTheListMayLackItsOffset(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"2026-06-01T18:00:00"`: "2026-06-01T18:00:00Z", `"2026-06-01T20:00:00+02:00"`: "2026-06-01T18:00:00Z",
		`null`: "", `""`: "", `7`: "", `"soon"`: "",
	} {
		var g qflow.Listed
		if err := json.Unmarshal([]byte(`{"firstName":"Ann","plusOnes":"1","validFrom":`+text+`}`), &g); err != nil || g.FirstName != "Ann" {
			t.Errorf("%s: %+v, %v", text, g, err)
		}
		got := ""
		if g.ValidFrom != nil {
			got = g.ValidFrom.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s is read as %q", text, got)
		}
	}
}

// Of an endless answer no more is held than a guest may have.
func TestAnEndlessListEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, again string
		silent       bool
		says         string
	}{
		"a guest": {`[{"firstName":"`, strings.Repeat("a", 64<<10), false, "longer than 4 MiB"},
		"silence": {`[{"firstName":"Ann"},`, "", true, "in time"},
	} {
		client := lister(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, c.first)
			for c.silent || r.Context().Err() == nil {
				if c.silent {
					w.(http.Flusher).Flush()
					<-r.Context().Done()
					return
				}
				if _, err := fmt.Fprint(w, c.again); err != nil {
					return
				}
			}
		})
		_, _, out := names(t, client, qflow.GuestPage{})
		if out.Kind != qflow.Ambiguous || !strings.Contains(out.Err().Error(), c.says) {
			t.Errorf("%s: %v", name, out.Err())
		}
	}
}

func TestTheNextPageIsWhereTheServerSaysAndNowhereElse(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		``: "page=2", `<?page=7>; rel="next"`: "page=7", `</checkin/v1/api/guests/ev?after=x>; rel=next`: "after=x",
		`<https://elsewhere.example/checkin/v1/api/guests/ev?page=9>; rel="next"`: "page=2",
		`<?page=1>; rel="prev", <?page=3>; rel="next"`:                            "page=3",
		`</other?page=4>; rel="next"`:                                             "page=2", `<%zz>; rel="next"`: "page=2",
	} {
		var asked []string
		c := lister(t, func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.RawQuery)
			if link != "" {
				w.Header().Set("Link", link)
			}
			fmt.Fprint(w, `[]`)
		})
		_, next, _ := names(t, c, qflow.GuestPage{})
		names(t, c, next)
		if len(asked) != 2 || asked[1] != want {
			t.Errorf("%s: %v", link, asked)
		}
	}
}

func TestAListIsRefusedAsOtherCallsAre(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]qflow.Kind{
		http.StatusTooManyRequests: qflow.RateLimited, http.StatusUnauthorized: qflow.Unauthorized,
		http.StatusNotFound: qflow.Refused, http.StatusBadGateway: qflow.Ambiguous, http.StatusFound: qflow.Transient,
	} {
		c := lister(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/checkin/v1/api/guests/other")
			w.WriteHeader(status)
		})
		if _, _, out := names(t, c, qflow.GuestPage{}); out.Kind != want {
			t.Errorf("%d: %v", status, out.Kind)
		}
	}
}

func TestWhoReadsAListMayEndIt(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	c := lister(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"id":"1"},{"id":"2"}]`) })
	n := 0
	_, out := c.ListGuests(t.Context(), "ev", qflow.GuestPage{}, func(qflow.Listed) error { n++; return enough })
	if n != 1 || !errors.Is(out.Cause, enough) {
		t.Errorf("%d guests, %v", n, out.Err())
	}
}
