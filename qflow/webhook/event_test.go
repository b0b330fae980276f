package webhook_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"guestflow/qflow/webhook"
)

func TestAnEventIsReadInEveryShapeThatItMayHave(t *testing.T) {
	t.Parallel()
	want := webhook.Event{
		Kind: webhook.Delivered, Invitation: "i-1", Attendee: "g-1", Event: "e-1", Template: "t-1", CorrelationID: "c-1",
		At: time.Date(2026, 6, 1, 18, 0, 0, 0, time.UTC),
	}
	for name, body := range map[string]string{
		"camel": `{"event":"comms.delivered","occurredAt":"2026-06-01T18:00:00Z","attendeeInvitationId":"i-1","attendeeId":"g-1",
			"eventId":"e-1","templateId":"t-1","correlationId":"c-1","name":"Ann"}`,
		"pascal": `{"Event":"comms.delivered","OccurredAt":"2026-06-01T18:00:00","AttendeeInvitationId":"i-1","AttendeeId":"g-1",
			"EventId":"e-1","TemplateId":"t-1","CorrelationId":"c-1"}`,
		"snake": `{"event_type":"COMMS.DELIVERED","timestamp":1780336800,"attendee_invitation_id":"i-1","attendee_id":"g-1",
			"event_id":"e-1","template_id":"t-1","correlation_id":"c-1"}`,
		"nested": `{"type":"comms.delivered","timestamp":1780336800000,"data":{"attendeeInvitationId":"i-1","attendee":{"guestId":"g-1"},
			"eventId":"e-1","commsTemplateId":"t-1","correlationId":"c-1"}}`,
		"an offset": `{"event":"comms.delivered","occurredAt":"2026-06-01T20:00:00+02:00","invitationId":"i-1","attendeeId":"g-1",
			"eventId":"e-1","templateId":"t-1","correlationId":"c-1","x":[1,{}],"y":null}`,
		"a byte order mark": "\xef\xbb\xbf" + `{"event":"comms.delivered","occurredAt":"2026-06-01T18:00:00Z","attendeeInvitationId":"i-1",
			"attendeeId":"g-1","eventId":"e-1","templateId":"t-1","correlationId":"c-1"}`,
	} {
		if got, ok := webhook.ParseEvent([]byte(body), ""); !ok || got != want {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestEveryNameOfAnEventHasAKind(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]webhook.Kind{
		"comms.sent": webhook.Sent, "comms.failed": webhook.Failed, "comms.delivered": webhook.Delivered,
		"comms.opened":  webhook.Opened,
		"comms.bounced": webhook.Bounced, "comms.test": webhook.Test, "comms.dropped": webhook.Dropped,
		"comms.spam":          webhook.Spam,
		"comms.spam_reported": webhook.Spam, "comms.unsubscribed": webhook.Unsubscribed, "comms.clicked": webhook.Clicked,
		"comms.deferred": webhook.Deferred, "Comms.Bounced\t": webhook.Bounced,
		"comms.brand-new": webhook.Other, "checkin.sent": webhook.Other, "sent": webhook.Other, "": webhook.Other,
	} {
		body, _ := json.Marshal(map[string]string{"event": name})
		if got, ok := webhook.ParseEvent(body, ""); !ok || got.Kind != want {
			t.Errorf("%q: %s, %v", name, got.Kind, ok)
		}
	}
}

// The header is not signed: with one intercepted delivery a bounce could be forged.
func TestTheHeaderNamesAnEventOnlyWhereTheBodyDoesNot(t *testing.T) {
	t.Parallel()
	if got, _ := webhook.ParseEvent([]byte(`{"event":"comms.delivered"}`), "comms.bounced"); got.Kind != webhook.Delivered {
		t.Errorf("the header wins: %s", got.Kind)
	}
	if got, _ := webhook.ParseEvent([]byte(`{"event":{"id":"e"},"correlationId":"c"}`), "comms.bounced"); got.Kind != webhook.Bounced || got.CorrelationID != "c" {
		t.Errorf("the body has no name: %+v", got)
	}
}

func TestABodyThatIsNoObjectIsUnreadable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", "[]", `"x"`, "5", "{", "<html>", strings.Repeat(`{"a":`, 100_000)} {
		if _, ok := webhook.ParseEvent([]byte(body), "comms.sent"); ok {
			t.Errorf("%.20q is read", body)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`{"event":"comms.delivered","occurredAt":"2026-06-01T18:00:00Z"}`, `{"Data":{"data":{"data":{"data":{"event":"x"}}}}}`,
		`{"timestamp":1e300}`, `{"timestamp":"NaN"}`, `{"a":1,"A":2}`, `[]`, `{"event":["comms.sent"]}`, "{\"\xff\":\"\xff\"}",
	} {
		f.Add([]byte(body), "comms.sent")
	}
	known := map[webhook.Kind]bool{}
	for _, k := range webhook.Kinds() {
		known[k] = true
	}
	f.Fuzz(func(t *testing.T, body []byte, named string) {
		e, ok := webhook.ParseEvent(body, named)
		if !ok {
			return
		}
		if !known[e.Kind] {
			t.Fatalf("the kind %q is not in the set", e.Kind)
		}
		if again, _ := webhook.ParseEvent(body, named); again != e {
			t.Fatalf("read as %+v, then as %+v", e, again)
		}
	})
}
