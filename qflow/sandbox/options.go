package sandbox

import (
	"net/http"
	"time"
)

// Header names of the two ways an account identifies its subscription (docs/qflow-api.md section 1, "Conflicts").
const (
	DefaultKeyHeader  = "Ocp-Apim-Subscription-Key"
	IntegratorKeyName = "X-Qflow-Client-Key"
)

// Layout says under which paths the API is served.
type Layout string

const (
	// LayoutProduct has a prefix per product: /checkin/v1/api/guest (docs/qflow-api.md section 1, version A). The
	// default.
	LayoutProduct Layout = "product"
	// LayoutFlat has none: /api/guest, /api/comms/send (docs/qflow-api.md section 1, version B).
	LayoutFlat Layout = "flat"
	// LayoutBoth serves both at once.
	LayoutBoth Layout = "both"
)

// Options configure a Sandbox. The zero value is ready to use and knows the account of [Defaults].
type Options struct {
	// Credentials is the main account; the zero value means Defaults().
	Credentials Credentials
	// Others are further accounts with events of their own. What is theirs is "not owned" by the main one (404).
	Others []Credentials
	// KeyHeader is the name of the subscription key's header, DefaultKeyHeader when empty.
	KeyHeader string
	// Layout is LayoutProduct when empty.
	Layout Layout
	// Dialects are the token endpoints served; Dialects() when nil.
	Dialects []Dialect
	// Now is the clock of token expiry, rate limits, plan periods and timestamps; time.Now when nil. Injected latency
	// and webhook retries wait in real time, since the client at the other end of the socket waits in real time, too.
	Now func() time.Time
	// Seed makes faults with a probability and shuffled webhooks repeatable.
	Seed uint64
	// Adjust changes the initial switches. It panics in New on a value that no switch has.
	Adjust func(*Switches)
	// TrustOpensAfter starts the account untrusted and verifies it by itself that long after New: a demo of a closed
	// gate that opens. TrustOpensAt does the same at a point of time.
	TrustOpensAfter time.Duration
	TrustOpensAt    time.Time
	// WebhookClient delivers webhooks; a plain client that follows no redirect when nil.
	WebhookClient *http.Client
}

func (o Options) withDefaults() Options {
	if o.Credentials == (Credentials{}) {
		o.Credentials = Defaults()
	}
	if o.KeyHeader == "" {
		o.KeyHeader = DefaultKeyHeader
	}
	if o.Layout == "" {
		o.Layout = LayoutProduct
	}
	if o.Dialects == nil {
		o.Dialects = Dialects()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TrustOpensAfter > 0 {
		o.TrustOpensAt = o.Now().Add(o.TrustOpensAfter)
	}
	return o
}
