package qflow

import (
	"net/url"
	"strings"
)

// Gate is a reason to stop a kind of call (docs/design.md section 7): its kind, and the part of the account that it
// stops, if that is not all of it. Its text is its name wherever gates are kept.
type Gate string

const (
	GateTrust Gate = "trust" // 403 trust_required: the account holder has not finished verification
	GateComms Gate = "comms" // 403 comms_api_not_enabled: not allow-listed
	GatePlan  Gate = "plan"  // 403 of any other kind: the plan's guest limit, as far as known
	GateAuth  Gate = "auth"  // no token can be obtained, or the key is refused; never in an Outcome, the worker closes it
	GateSend  Gate = "send"  // /comms/send gives no clear answers; never in an Outcome, the worker closes it
)

// Gates lists the kinds, those that block most first.
var Gates = []Gate{GateAuth, GatePlan, GateComms, GateTrust, GateSend}

// For narrows a gate to the calls for one event, or for one template of it.
func (g Gate) For(event, template string) Gate {
	name := string(g.Kind()) + "@" + part(event)
	if template != "" {
		name += "/" + part(template)
	}
	return Gate(name)
}

// part escapes an id, so that neither its case nor a separator in it matters.
func part(id string) string { return url.QueryEscape(strings.ToLower(id)) }

// Kind returns the gate without its part.
func (g Gate) Kind() Gate {
	kind, _, _ := strings.Cut(string(g), "@")
	return Gate(kind)
}

// Part returns the event and the template that a gate is narrowed to; "" is all of them.
func (g Gate) Part() (event, template string) {
	_, of, _ := strings.Cut(string(g), "@")
	event, template, _ = strings.Cut(of, "/")
	event, _ = url.QueryUnescape(event)
	template, _ = url.QueryUnescape(template)
	return event, template
}

// Covers reports whether a call for this event and template is stopped.
func (g Gate) Covers(event, template string) bool {
	e, t := g.Part()
	return (e == "" || strings.EqualFold(e, event)) && (t == "" || strings.EqualFold(t, template))
}

// Title is the gate in words, such as "plan gate" or "plan gate for event 1234". Events may have names.
func (g Gate) Title(events EventNames) string {
	text := string(g.Kind()) + " gate"
	event, template := g.Part()
	if event != "" {
		text += " for event " + events.Text(event)
	}
	if template != "" {
		text += " and template " + template
	}
	return text
}
