package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// notification is one event for the account's webhook, through all its attempts.
type notification struct {
	owner    *account
	inv      *invitation // nil for comms.test
	event    string
	id       string
	stamp    int64 // t of the first attempt
	attempt  int
	again    bool // the second copy of webhook_twice
	occurred time.Time
	round    int
}

// settle moves an email to its final state and sends the events in between.
func (p *mailer) settle(inv *invitation) {
	states := outcomeOf(inv.email)
	p.s.store.Lock()
	inv.state = states[len(states)-1]
	silent := inv.owner.webhook == nil
	p.s.store.Unlock()
	if silent {
		return
	}
	round, now := p.roundNow(), p.s.now()
	for _, state := range p.ordered(states) {
		p.deliver(&notification{owner: inv.owner, inv: inv, event: "comms." + state, id: uuid.NewString(), round: round,
			occurred: now})
	}
}

func (p *mailer) ordered(states []string) []string {
	states = slices.Clone(states)
	switch p.s.current().WebhookOrder {
	case "reversed":
		slices.Reverse(states)
	case "shuffled":
		p.Lock()
		defer p.Unlock()
		p.random.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	}
	return states
}

// deliver makes one attempt and schedules the next one if it is not accepted.
func (p *mailer) deliver(pc *notification) {
	sw := p.s.current()
	p.s.store.Lock()
	hook := pc.owner.webhook // as it is now: a rotated secret or a new URL holds for retries too
	p.s.store.Unlock()
	if hook == nil {
		return
	}
	pc.attempt++
	if pc.attempt > 1 && sw.WebhookRetryID == "new" {
		pc.id = uuid.NewString()
	}
	if pc.attempt == 1 || sw.WebhookRetryTime == "new" {
		pc.stamp = p.s.now().Unix()
	}
	status := p.send(pc, hook, sw)
	accepted := status >= 200 && status < 300
	last := accepted || pc.attempt > sw.WebhookRetries
	p.s.recorder.delivered(pc.delivery(status, accepted, last))
	switch {
	case !last:
		wait := time.Duration(sw.WebhookRetryMS) * time.Millisecond << (pc.attempt - 1)
		p.schedule(wait, pc.round, func() { p.deliver(pc) })
	case accepted && sw.WebhookTwice && !pc.again:
		pc.again = true
		pc.attempt = 0
		p.schedule(0, pc.round, func() { p.deliver(pc) })
	}
}

func (pc *notification) delivery(status int, accepted, last bool) Delivery {
	d := Delivery{ID: pc.id, Event: pc.event, Attempt: pc.attempt, Status: status, Accepted: accepted, Last: last}
	if pc.inv != nil {
		d.InvitationID = pc.inv.id
	}
	return d
}

// send returns the receiver's status, or 0.
func (p *mailer) send(pc *notification, hook *webhook, sw *Switches) int {
	ctx, cancel := context.WithTimeout(p.context, time.Duration(sw.WebhookTimeoutMS)*time.Millisecond)
	defer cancel()
	body := pc.payload(sw)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Qflow-Event", pc.event)
	r.Header.Set("X-Qflow-Webhook-Id", pc.id)
	r.Header.Set("X-Qflow-Signature", signature(hook.secret, pc.stamp, body, sw))
	answer, err := p.client.Do(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	_ = answer.Body.Close()
	return answer.StatusCode
}

// signature is docs/qflow-api.md section 6: v1 = hex(HMAC-SHA256(secret, t + "." + rawBody)).
func signature(secret string, stamp int64, body []byte, sw *Switches) string {
	key := []byte(secret)
	if sw.WebhookKey == "hex_decoded" {
		key, _ = hex.DecodeString(secret) // newSecret made it
	}
	t := strconv.FormatInt(stamp, 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	v1 := hex.EncodeToString(mac.Sum(nil))
	if sw.WebhookHex == "upper" {
		v1 = strings.ToUpper(v1)
	}
	if sw.WebhookV2 {
		return fmt.Sprintf("t=%s,v1=%s,v2=%s", t, v1, strings.Repeat("0", 128))
	}
	return fmt.Sprintf("t=%s,v1=%s", t, v1)
}

func (pc *notification) payload(sw *Switches) []byte {
	fields := map[string]any{"event": pc.event, "occurredAt": pc.occurred.UTC().Format(dateFormats[sw.DateFormat])}
	if pc.inv != nil {
		fields["attendeeInvitationId"] = pc.inv.id
		fields["attendeeId"] = pc.inv.guest
		fields["templateId"] = pc.inv.template
		fields["eventId"] = pc.inv.event
		if sw.WebhookAddress == "yes" {
			fields["email"] = pc.inv.email
		}
		if sw.BounceKind == "said" && pc.event == "comms."+StateBounced {
			fields["bounceType"] = map[bool]string{true: "Soft", false: "Hard"}[outcomeName(pc.inv.email) == "soft"]
		}
		if pc.inv.correlation != "" {
			fields["correlationId"] = pc.inv.correlation
		}
	}
	switch sw.WebhookPayload {
	case "pascal":
		fields = pascal(fields)
	case "nested":
		name, at := fields["event"], fields["occurredAt"]
		delete(fields, "event")
		delete(fields, "occurredAt")
		fields = map[string]any{"event": name, "occurredAt": at, "data": fields}
	}
	body, _ := json.Marshal(fields) // strings only
	return body
}

func pascal(fields map[string]any) map[string]any {
	renamed := make(map[string]any, len(fields))
	for name, value := range fields {
		renamed[strings.ToUpper(name[:1])+name[1:]] = value
	}
	return renamed
}
