package operate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// A test email is the email of a row, sent to an address of the operator's own. Qflow mails guests only, so a guest is
// created for it, whose first name begins with testMark, with an id that no row can have. It is in no import: neither
// the ledger nor the guest index know it, so that a guest who has the same name or address later is no near miss of it.

// testMark begins the name of the guest that is created for a test email, and so marks the email, too.
const testMark = "TEST"

// TestEmail is a test email that may be sent.
type TestEmail struct {
	Email EmailPreview
	To    string
	Sent  *TestSent // by the same decision already; nil if not

	guest qflow.Guest
}

// Name is that of the guest whom Qflow has for it.
func (t TestEmail) Name() string {
	return strings.TrimSpace(t.guest.FirstName + " " + t.guest.LastName)
}

// GuestID is the id of that guest.
func (t TestEmail) GuestID() string { return t.guest.ID }

// TestSent is what is known of a test email that was sent, or may have been.
type TestSent struct {
	At    time.Time `json:"at"`
	State testState `json:"state"`
}

type testState string

const (
	testSending testState = "sending" // or the process was killed then: it may have been sent
	testQueued  testState = "queued"
	testUnknown testState = "unknown"
)

// Text is what is known of it, in a sentence.
func (s TestSent) Text() string {
	at := s.At.Local().Format(time.DateTime)
	if s.State == testQueued {
		return "it was sent at " + at + " by the same decision"
	}
	return "it may have been sent at " + at + ", by the same decision"
}

// PlanTest checks that the email of a row may be sent to an address of one's own, and returns what that would do. By
// one decision, any text, the same email goes to an address once.
func (a *Account) PlanTest(ctx context.Context, p EmailPreview, to, decision string) (t TestEmail, err error) {
	t = TestEmail{Email: p}
	if t.To, err = checkedAddress(to); err != nil {
		return t, err
	}
	t.guest = testGuest(a.Name(), p, t.To, strings.TrimSpace(decision))
	entries, err := suppression.For(a.Ledger).Check(ctx, t.To)
	if err != nil {
		return t, err
	}
	if entries[0].Suppressed() {
		return t, refuse("nothing was sent: the address is not mailed any more (%s); a person has to lift that first: guestflow suppress", entries[0].Reason)
	}
	if t.Sent, err = a.testSent(ctx, t.guest.ID); err != nil || t.Sent != nil {
		return t, err
	}
	return t, a.refuseClosed(ctx, p.Event, p.Template.ID)
}

// testNamespace makes ids that no row has, whose namespace is another one.
var testNamespace = uuid.MustParse("0c1d6a0e-6f3e-5c0f-9a55-1d7f6f2b8e44")

// testGuest is the guest of a test email. It has what a template can show of the row but its barcode, which is the
// guest's own.
func testGuest(account string, p EmailPreview, to, decision string) qflow.Guest {
	of := p.guest
	g := qflow.Guest{
		EventID: p.Event, FirstName: of.FirstName, LastName: of.LastName, OtherNames: of.OtherNames, Email: to,
		PlusOnes: of.PlusOnes,
		Notes:    of.Notes, Tags: of.Tags, TemplateID: p.Template.ID,
	}
	if g.FirstName == "" && g.LastName != "" {
		g.LastName = testMark + " " + g.LastName
	} else {
		g.FirstName = strings.TrimSpace(testMark + " " + g.FirstName)
	}
	// a struct of texts and numbers
	content, _ := json.Marshal([]any{account, g, p.Template.Subject, p.Template.HTML, decision})
	g.ID = uuid.NewSHA1(testNamespace, content).String()
	g.CorrelationID = g.ID
	return g
}

// refuseClosed refuses what a gate stops: the guest might be created and not be mailed.
func (a *Account) refuseClosed(ctx context.Context, event, template string) error {
	closed, err := a.Gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if c.Name().Kind() != qflow.GateSend && c.Name().Covers(event, template) { // that one stops another call
			return refuse("nothing was sent: the %s is closed: %s", c.Name().Title(a.Events), c.Meaning())
		}
	}
	return nil
}

func (a *Account) testKey(guest string) string { return a.Ledger.Prefix() + "test-email:" + guest }

// testSent returns what is known of a test email; nil if it was not sent.
func (a *Account) testSent(ctx context.Context, guest string) (*TestSent, error) {
	raw, err := a.Redis.Get(ctx, a.testKey(guest)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	var sent TestSent
	if err == nil {
		err = json.Unmarshal(raw, &sent)
	}
	if err != nil {
		return nil, fmt.Errorf("read whether a test email was sent: %w", err)
	}
	return &sent, nil
}

// SendTest sends a test email that PlanTest has allowed, unless the same decision has sent it. That it is sent is
// written down before the call, and taken back only after an answer that shows that nothing was sent.
func (a *Account) SendTest(ctx context.Context, who Actor, t TestEmail) (TestSent, error) {
	if t.Sent != nil {
		return *t.Sent, nil
	}
	sent := TestSent{At: time.Now().UTC(), State: testSending}
	first, err := a.Redis.SetNX(ctx, a.testKey(t.guest.ID), encodeTest(sent), ledger.DefaultRetention).Result()
	if err != nil {
		return sent, fmt.Errorf("write down that a test email is sent: %w", err)
	}
	if !first {
		before, err := a.testSent(ctx, t.guest.ID)
		return *cmp.Or(before, &sent), err
	}
	if err := a.Importer.Confirm(ctx); err != nil { // else a failover could lose it, and the same decision send once more
		return sent, errors.Join(fmt.Errorf("nothing was sent: %w", err), a.takeBackTest(ctx, t))
	}
	entry := AuditEntry{
		At: sent.At, Actor: who.Name, Via: who.Via, Action: "test email", Target: t.guest.TemplateID,
		Before: fmt.Sprintf("row %d of a list, event %s", t.Email.Row, t.Email.Event), After: "guest " + t.guest.ID,
	}
	if err := a.writeAudit(ctx, entry); err != nil {
		return sent, errors.Join(err, a.takeBackTest(ctx, t))
	}
	out, err := a.createForTest(ctx, t.guest)
	ctx = context.WithoutCancel(ctx) // what has become of it is written down all the same
	if err == nil {
		err = out.Err()
	}
	if sent.State = testStateOf(out); sent.State == "" {
		err = errors.Join(fmt.Errorf("nothing was sent: %w", err), a.takeBackTest(ctx, t))
	} else if kept := a.Redis.Set(ctx, a.testKey(t.guest.ID), encodeTest(sent),
		ledger.DefaultRetention).Err(); kept != nil {
		err = errors.Join(err, fmt.Errorf("write down that a test email was sent: %w", kept))
	}
	if err != nil {
		entry.Failed = err.Error()
		err = errors.Join(err, a.writeAudit(ctx, entry))
	}
	return sent, err
}

func encodeTest(s TestSent) []byte {
	raw, _ := json.Marshal(s) // a time and a text
	return raw
}

func (a *Account) takeBackTest(ctx context.Context, t TestEmail) error {
	return a.Redis.Del(context.WithoutCancel(ctx), a.testKey(t.guest.ID)).Err()
}

// testStateOf is what an answer proves; "" that nothing was sent.
func testStateOf(out qflow.Outcome) testState {
	switch out.Kind {
	case qflow.Accepted:
		return testQueued
	case qflow.Ambiguous:
		return testUnknown
	case qflow.Refused, qflow.GateClosed, qflow.Unauthorized, qflow.KeyRefused, qflow.RateLimited, qflow.Transient,
		qflow.NoToken:
	}
	return ""
}

// createForTest makes the call, within the limits of all emails. A token that has just expired is worth a second try.
func (a *Account) createForTest(ctx context.Context, g qflow.Guest) (out qflow.Outcome, err error) {
	for range 2 {
		if out = a.Qflow.Prepare(ctx); out.Kind == qflow.NoToken {
			return out, nil
		}
		if err := a.Budget.Wait(ctx, nil, "commands", budget.API, budget.Email); err != nil {
			return qflow.Outcome{Kind: qflow.Transient, Cause: err}, err
		}
		if out = a.Qflow.CreateGuest(ctx, g); out.Kind != qflow.Unauthorized {
			break
		}
	}
	return out, nil
}
