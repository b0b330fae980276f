package qflow

import "context"

// Endpoint names what is called: a metric's label, hence a closed list.
type Endpoint string

// The endpoints.
const (
	EndpointGuest     Endpoint = "guest"     // POST /guest
	EndpointGuests    Endpoint = "guests"    // POST /guests/{eventId}
	EndpointList      Endpoint = "list"      // GET /guests/{eventId}
	EndpointSend      Endpoint = "send"      // POST /comms/send
	EndpointTemplates Endpoint = "templates" // GET /templates
	EndpointWebhook   Endpoint = "webhook"   // POST and GET /webhook, and below
)

// Observer is called before a call is made. The function that it returns is called with the outcome, and the context
// that it returns is the call's. It must not block.
type Observer func(context.Context, Endpoint) (context.Context, func(Outcome))

// Observers combines observers, which are called in this order; nil ones are left out.
func Observers(all ...Observer) Observer {
	var there []Observer
	for _, o := range all {
		if o != nil {
			there = append(there, o)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return func(ctx context.Context, e Endpoint) (context.Context, func(Outcome)) {
		done := make([]func(Outcome), len(there))
		for i, o := range there {
			ctx, done[i] = o(ctx, e)
		}
		return ctx, func(out Outcome) {
			for _, d := range done {
				d(out)
			}
		}
	}
}

func (c *Client) observe(ctx context.Context, e Endpoint) (context.Context, func(Outcome)) {
	if c.observer == nil {
		return ctx, func(Outcome) {}
	}
	return c.observer(ctx, e)
}
