package qflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Listed is a guest as Qflow lists it: what guestflow writes, as it stands there now, and what the guest was made with.
type Listed struct{ Guest }

// listed is a record of the list: Guest's fields, but for its times, which may lack their offset.
type listed struct {
	Guest
	ValidFrom json.RawMessage `json:"validFrom"`
	ValidTo   json.RawMessage `json:"validTo"`
}

// UnmarshalJSON reads a record of the list. A field that cannot be read counts as empty, and does not cost the others.
func (g *Listed) UnmarshalJSON(raw []byte) error {
	var l listed
	if err := json.Unmarshal(raw, &l); err != nil {
		l = listed{}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return err
		}
		for name, field := range fields {
			one, _ := json.Marshal(map[string]json.RawMessage{name: field}) // it is JSON already
			_ = json.Unmarshal(one, &l)
		}
	}
	g.Guest = l.Guest
	g.ValidFrom, g.ValidTo = listedTime(l.ValidFrom), listedTime(l.ValidTo)
	return nil
}

// listedTime reads a time of the list, which may lack its offset; then it is UTC.
func listedTime(raw json.RawMessage) *time.Time {
	var text string
	if json.Unmarshal(raw, &text) != nil || text == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC()
			return &t
		}
	}
	return nil
}

const (
	// maxListed is how many bytes an answer may have for each guest, the first included. A guest has a kilobyte, and
	// megabytes of notes are none.
	maxListed = 4 << 20

	// maxListPage bounds the bytes of one page: five million guests.
	maxListPage = 5 << 30
)

// GuestPage names a page of an event's guests. The zero value is the first.
type GuestPage struct {
	number int    // asked for by ?page=
	link   string // where Qflow has said that the next one is
}

// ListGuests calls each with the guests of a page of an event, and returns the page after it: GET /guests/{eventId}.
// How many guests a page has, and how the next is asked for, is not documented (docs/qflow-api.md section 4.5): a link
// to the next page is followed, if Qflow gives one to itself, and else ?page= is tried, which a server that knows none
// answers with the same guests. So the caller ends when a page brings none that is new, and cannot know that these were
// all.
//
// The answer is read as it comes, and never held as a whole; it ends when nothing comes for as long as a call may take.
// An error of each ends it, too, and is the outcome's cause.
func (c *Client) ListGuests(
	ctx context.Context, eventID string, page GuestPage, each func(Listed) error,
) (next GuestPage, out Outcome) {
	ctx, done := c.observe(ctx, EndpointList)
	defer func() { done(out) }()
	access, generation, err := c.tokens.Token(ctx)
	if err != nil {
		return next, noToken(err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watch := newWatchdog(c.http.Timeout, func() { stop(errSilent) })
	defer watch.end()
	req, err := c.request(ctx, http.MethodGet, c.listURL(eventID, page), nil, access)
	if err != nil {
		return next, failed(false, err)
	}
	resp, err := (&http.Client{Transport: c.http.Transport, CheckRedirect: c.http.CheckRedirect}).Do(req)
	if err != nil {
		return next, failed(true, causeOf(ctx, err))
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		out = c.refusedList(ctx, resp, generation)
		return next, out
	}
	c.tokens.Accepted(generation)
	body := &boundedList{in: io.TeeReader(resp.Body, watch), left: maxListed, all: maxListPage}
	if err := decodeList(body, each); err != nil {
		return next, brokenList(resp.StatusCode, causeOf(ctx, err))
	}
	return c.nextPage(resp.Header, page), Outcome{Kind: Accepted, Status: resp.StatusCode}
}

// brokenList is the outcome of an answer that could not be read to its end. What a decoder says of it may have a
// guest's data in it, and stays in the cause.
func brokenList(status int, err error) Outcome {
	out := Outcome{Kind: Ambiguous, Status: status, Code: "not_a_list", Text: "the answer is not a whole list of guests",
		Cause: err}
	for _, known := range []error{errSilent, errGuest, errList} {
		if errors.Is(err, known) {
			out.Text += ": " + known.Error()
		}
	}
	return out
}

func (c *Client) listURL(eventID string, page GuestPage) string {
	switch address := c.checkin + "/guests/" + url.PathEscape(eventID); {
	case page.link != "":
		return page.link
	case page.number > 1:
		return address + "?page=" + strconv.Itoa(page.number)
	default:
		return address
	}
}

// refusedList reads an answer that is no list.
func (c *Client) refusedList(ctx context.Context, resp *http.Response, generation uint64) Outcome {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return failed(true, causeOf(ctx, err))
	}
	out := classify(reply{status: resp.StatusCode, header: resp.Header, body: hide(raw, c.key)})
	if out.Kind == Unauthorized {
		if err := c.tokens.Refused(ctx, generation); err != nil {
			return Outcome{Kind: NoToken, Status: resp.StatusCode, Cause: fmt.Errorf("renew the refused token: %w", err)}
		}
	}
	return out
}

// nextPage is the page that a Link header names (RFC 8288), if it is of the same server, which is sent the account's
// secrets; or else the next by number.
func (c *Client) nextPage(header http.Header, page GuestPage) GuestPage {
	for _, link := range strings.Split(strings.Join(header.Values("Link"), ","), ",") {
		target, params, _ := strings.Cut(strings.TrimSpace(link), ";")
		if !strings.Contains(strings.ReplaceAll(params, `"`, ""), "rel=next") {
			continue
		}
		base, err := url.Parse(c.checkin + "/guests/")
		if err != nil {
			continue
		}
		to, err := base.Parse(strings.Trim(target, "<> "))
		if err == nil && to.Scheme == base.Scheme && to.Host == base.Host && strings.HasPrefix(to.Path, base.Path) {
			return GuestPage{link: to.String()}
		}
	}
	return GuestPage{number: max(page.number, 1) + 1}
}

// decodeList reads an array of guests, or an object with one in it.
func decodeList(body *boundedList, each func(Listed) error) error {
	d := json.NewDecoder(body)
	open, err := d.Token()
	if err != nil {
		return fmt.Errorf("the answer is no list of guests: %w", err)
	}
	for open == json.Delim('{') { // up to the first array in it
		if _, err := d.Token(); err != nil || !d.More() {
			return errors.Join(errors.New("the answer has no list of guests"), err)
		}
		value, err := d.Token()
		if err != nil {
			return fmt.Errorf("read the list of guests: %w", err)
		}
		if value == json.Delim('[') {
			open = value
		} else if value == json.Delim('{') {
			return errors.New("the answer has no list of guests")
		}
	}
	if open != json.Delim('[') {
		return errors.New("the answer is no list of guests")
	}
	for d.More() {
		var g Listed
		if err := d.Decode(&g); err != nil {
			return fmt.Errorf("read the list of guests: %w", err)
		}
		if err := each(g); err != nil {
			return err
		}
		body.left = maxListed
	}
	if _, err := d.Token(); err != nil { // an answer that is cut has no end
		return fmt.Errorf("read the list of guests to its end: %w", err)
	}
	return nil
}

var (
	errSilent = errors.New("nothing more came in time")
	errGuest  = fmt.Errorf("a guest in it is longer than %d MiB", maxListed>>20)
	errList   = fmt.Errorf("it is longer than %d GiB", maxListPage>>30)
)

// causeOf returns why a context was ended, if it was, or the error.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// boundedList bounds each guest of a list, and the list.
type boundedList struct {
	in   io.Reader
	left int   // bytes that the guest may still take
	all  int64 // and the list
}

func (b *boundedList) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errGuest
	}
	if b.all <= 0 {
		return 0, errList
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	b.all -= int64(n)
	return n, err
}

// watchdog calls stop once nothing was written to it for some time.
type watchdog struct {
	timer *time.Timer
	every time.Duration
}

func newWatchdog(every time.Duration, stop func()) *watchdog {
	return &watchdog{timer: time.AfterFunc(every, stop), every: every}
}

func (w *watchdog) Write(p []byte) (int, error) {
	w.timer.Reset(w.every)
	return len(p), nil
}

func (w *watchdog) end() { w.timer.Stop() }
