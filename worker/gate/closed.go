package gate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"guestflow/qflow"
)

// Closed is a closed gate.
type Closed struct {
	Gate        qflow.Gate   `json:"gate"`               // its kind
	Event       string       `json:"event,omitempty"`    // the event that it is closed for; "" is the account
	Template    string       `json:"template,omitempty"` // the template of it; "" is all of them
	Since       time.Time    `json:"since"`
	NextProbe   time.Time    `json:"next_probe"`
	Probes      int          `json:"probes"`           // that found it closed
	Code        string       `json:"code"`             // Qflow's, if it is a known one
	Import      string       `json:"import,omitempty"` // whose row found it closed
	LastAnswer  string       `json:"last_probe,omitempty"`
	Detail      string       `json:"-"` // Qflow's own code and text, which may quote a guest
	QueuePaused bool         `json:"-"` // its parked queue has been paused
	Parts       []qflow.Gate `json:"-"` // of the same kind that are closed
	mixed       int
}

// Name is the gate with its part.
func (c Closed) Name() qflow.Gate {
	if c.Event == "" {
		return c.Gate
	}
	return c.Gate.For(c.Event, c.Template)
}

// IsMixed reports whether chunks that wait for nothing may stand in the gate's paused queue.
func (c Closed) IsMixed() bool { return c.mixed > 0 }

// Meaning says what a closed gate means and what opens it, for operators.
func (c Closed) Meaning() string {
	if c.Event == "" {
		return Meaning(c.Gate)
	}
	of := "this event"
	if c.Template != "" {
		of = "this event with this template"
	}
	return "Qflow refuses guests of " + of + " with a 403 that guestflow does not know; check at Qflow that the " +
		"account may change the event and use the template, and that its plan is not full; other events go on, until " +
		"a second one is refused in the same way"
}

// Meaning says what a closed gate of a kind means and what opens it, for operators.
func Meaning(gate qflow.Gate) string {
	switch gate {
	case qflow.GateTrust:
		return "the Qflow account is not verified; finish the verification at qflowhub.io/manage, then everything " +
			"goes out by itself"
	case qflow.GateComms:
		return "the Qflow account may not send through the API; ask Qflow's support to enable comms for it"
	case qflow.GatePlan:
		return "Qflow takes no more guests from this account, as far as known because of its plan's limit; upgrade the plan"
	case qflow.GateAuth:
		return "there is no way to sign in to Qflow, or it refuses the subscription key; run: guestflow doctor"
	case qflow.GateSend:
		return "Qflow's /comms/send gave no clear answer, so its row is unknown (guestflow report lists it); one row at " +
			"a time tries again, and the others go out by themselves once an answer is clear"
	}
	return "unknown gate"
}

// stored is a closed gate in Redis, times in milliseconds.
type stored struct {
	Cause

	Since  int64  `json:"since"`
	Next   int64  `json:"next"`
	Probes int    `json:"probes"`
	Answer string `json:"answer"`
	Held   bool   `json:"held"` // its queue is paused
}

func read(name qflow.Gate, raw string) (Closed, error) {
	var s stored
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		return Closed{}, fmt.Errorf("read the %s gate: %w", name, err)
	}
	c := Closed{
		Gate: name.Kind(), Since: time.UnixMilli(s.Since).UTC(), NextProbe: time.UnixMilli(s.Next).UTC(),
		Probes: s.Probes, Code: s.Code, Import: s.Import, Detail: s.Detail, LastAnswer: s.Answer, QueuePaused: s.Held,
	}
	c.Event, c.Template = name.Part()
	return c, nil
}

func partsOf(kind qflow.Gate, fields map[string]string) (names []qflow.Gate) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if name := qflow.Gate(field); name != kind && name.Kind() == kind {
			names = append(names, name)
		}
	}
	return names
}
