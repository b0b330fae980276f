package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"
)

// recorder counts what happened. It has its own mutex so that counting never waits for a business rule.
type recorder struct {
	sync.Mutex
	calls         map[Endpoint]map[string]int
	untrusted     map[Endpoint]int
	refused       int
	trips         int
	grants        map[string]int
	presentations map[string]int
	revocations   int
	arrivals      map[string]*arrivals
	webhooks      WebhookTotals
	deliveries    []Delivery
	kept          []Call
}

// maxDeliveries bounds the list of single webhook deliveries; the totals go on.
const maxDeliveries = 10_000

// Scopes of arrival times.
const (
	ZoneScope  = "zone"  // every call of the API, also those that the edge refused
	SendScope  = "send"  // of these, POST /comms/send
	TokenScope = "token" // calls of the token endpoint
)

// Fingerprint names a token in the history without revealing it.
func Fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:8])
}

func (b *recorder) clear() {
	b.Lock()
	defer b.Unlock()
	b.calls = map[Endpoint]map[string]int{}
	b.untrusted = map[Endpoint]int{}
	b.refused, b.trips, b.revocations = 0, 0, 0
	b.grants = map[string]int{}
	b.presentations = map[string]int{}
	b.arrivals = map[string]*arrivals{ZoneScope: {}, SendScope: {}, TokenScope: {}}
	b.webhooks = WebhookTotals{}
	b.deliveries, b.kept = nil, nil
}

// arrived notes a call's time. The clock is read under the lock so that times are recorded in order.
func (b *recorder) arrived(c *call, now func() time.Time) time.Time {
	b.Lock()
	defer b.Unlock()
	at := now()
	switch c.at {
	case Token:
		b.arrivals[TokenScope].add(at)
	case Authorize:
	case Send:
		b.arrivals[SendScope].add(at)
		fallthrough
	default:
		b.arrivals[ZoneScope].add(at)
	}
	return at
}

func (b *recorder) answered(at Endpoint, answer *reply) {
	outcome := answer.outcome()
	b.Lock()
	defer b.Unlock()
	byStatus := b.calls[at]
	if byStatus == nil {
		byStatus = map[string]int{}
		b.calls[at] = byStatus
	}
	byStatus[outcome]++
}

func (b *recorder) calledWhileUntrusted(at Endpoint) {
	b.Lock()
	defer b.Unlock()
	b.untrusted[at]++
}

func (b *recorder) refusedUntrusted() {
	b.Lock()
	defer b.Unlock()
	b.refused++
}

func (b *recorder) tripped() {
	b.Lock()
	defer b.Unlock()
	b.trips++
}

// presented counts that a refresh token reached the token endpoint, whatever became of the call: a client that must
// never send one twice is judged by what it sent, not by what it got.
func (b *recorder) presented(token string) {
	name := Fingerprint(token)
	b.Lock()
	defer b.Unlock()
	b.presentations[name]++
}

func (b *recorder) granted(grant string) {
	b.Lock()
	defer b.Unlock()
	b.grants[grant]++
}

func (b *recorder) familyRevoked() {
	b.Lock()
	defer b.Unlock()
	b.revocations++
}

func (b *recorder) delivered(d Delivery) {
	b.Lock()
	defer b.Unlock()
	b.webhooks.Attempts++
	switch {
	case d.Accepted:
		b.webhooks.Accepted++
	case d.Last:
		b.webhooks.GivenUp++
	}
	if len(b.deliveries) < maxDeliveries {
		b.deliveries = append(b.deliveries, d)
	}
}

// summary fills in what the recorder knows.
func (b *recorder) summary(sum *Summary) {
	b.Lock()
	defer b.Unlock()
	sum.Calls = make(map[Endpoint]map[string]int, len(b.calls))
	for at, byStatus := range b.calls {
		sum.Calls[at] = maps.Clone(byStatus)
	}
	sum.CallsWhileUntrusted = maps.Clone(b.untrusted)
	sum.RefusedUntrusted = b.refused
	sum.LimitsTripped = b.trips
	sum.Grants = maps.Clone(b.grants)
	sum.FamilyRevocations = b.revocations
	sum.Webhooks = b.webhooks
	if len(b.presentations) > 0 {
		sum.RefreshPresentationsMax = slices.Max(slices.Collect(maps.Values(b.presentations)))
	}
}

// busiest judges the arrival times outside of the lock: sorting 250,000 of them would hold up calls.
func (b *recorder) busiest() map[string]Busiest {
	b.Lock()
	copies := make(map[string]arrivals, len(b.arrivals))
	for scope, times := range b.arrivals {
		copies[scope] = arrivals{times: slices.Clone(times.times), next: times.next, total: times.total}
	}
	b.Unlock()
	found := make(map[string]Busiest, len(copies))
	for scope, times := range copies {
		ordered := times.ordered()
		found[scope] = Busiest{Total: times.total, Second: most(ordered, time.Second), Minute: most(ordered, time.Minute)}
	}
	return found
}

// detail fills in the lists.
func (b *recorder) detail(all *History) {
	b.Lock()
	defer b.Unlock()
	all.RefreshPresentations = maps.Clone(b.presentations)
	all.Deliveries = slices.Clone(b.deliveries)
	all.CallList = slices.Clone(b.kept)
	all.Arrivals = make(map[string][]time.Time, len(b.arrivals))
	for scope, times := range b.arrivals {
		all.Arrivals[scope] = times.list()
	}
}
