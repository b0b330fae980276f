package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// verbs are the ways to steer an import by their names in paths.
var verbs = map[string]operate.Verb{
	"pause": operate.Pause, "resume": operate.Resume, "cancel": operate.Cancel, "retry": operate.Retry,
	"retry-unknown": operate.RetryUnknown,
}

// agreement says how many rows a caller means. Their number may have grown since it was looked at.
type agreement struct {
	Rows *int `json:"rows"`
}

// doneView says what was done, in a sentence.
type doneView struct {
	Result string `json:"result"`
}

func steer(ctx context.Context, c *call) (*answer, error) {
	verb, known := verbs[c.PathValue("verb")]
	if !known {
		return nil, errNoPath
	}
	d := json.NewDecoder(http.MaxBytesReader(c.w, c.Body, 1<<10))
	d.DisallowUnknownFields()
	var agreed agreement
	if d.Decode(&agreed) != nil || agreed.Rows == nil || *agreed.Rows < 0 {
		return nil, wrong("rows", `The body says how many rows it is to be about at most, such as {"rows": 20}.`)
	}
	result, err := c.Steer(ctx, c.actor(), verb, c.PathValue("id"), *agreed.Rows)
	return &answer{body: doneView{result}}, err
}

// namedRows are rows of an import by their numbers.
type namedRows struct {
	Rows []int `json:"rows"`
}

// cancelRows cancels rows that are named, as far as they wait.
func cancelRows(ctx context.Context, c *call) (*answer, error) {
	d := json.NewDecoder(http.MaxBytesReader(c.w, c.Body, 1<<10))
	d.DisallowUnknownFields()
	var named namedRows
	if d.Decode(&named) != nil || len(named.Rows) == 0 || len(named.Rows) > operate.MaxResend ||
		slices.Min(named.Rows) < 1 {
		return nil, wrong("rows", fmt.Sprintf("The body names rows by their numbers, such as {\"rows\": [3, 7]}; "+
			"%d at most.",
			operate.MaxResend))
	}
	slices.Sort(named.Rows)
	result, err := c.CancelRows(ctx, c.actor(), c.PathValue("id"), slices.Compact(named.Rows))
	return &answer{body: doneView{result}}, err
}

// gateView is a gate.
type gateView struct {
	Gate   qflow.Gate    `json:"gate"`
	Closed []gate.Closed `json:"closed,omitempty"` // for the account, an event or a template
}

func listGates(ctx context.Context, c *call) (*answer, error) {
	closed, err := c.Gates.Closed(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]gateView, len(qflow.Gates))
	for n, g := range qflow.Gates {
		shown[n].Gate = g
		for _, of := range closed {
			if of.Gate == g {
				shown[n].Closed = append(shown[n].Closed, of)
			}
		}
	}
	return &answer{body: map[string]any{"gates": shown}}, nil
}

// steerGate probes a gate now, or opens it.
func steerGate(ctx context.Context, c *call) (*answer, error) {
	g := qflow.Gate(c.PathValue("gate"))
	if !slices.Contains(qflow.Gates, g) {
		return nil, errNoPath
	}
	switch c.PathValue("verb") {
	case "probe":
		if err := c.Probe(ctx, c.actor(), g); err != nil {
			return nil, err
		}
		why, err := c.WhyNoProbe(ctx)
		if why == "" {
			why = "a worker probes the gate now"
		}
		return &answer{body: doneView{why}}, err
	case "open":
		err := c.OpenGate(ctx, c.actor(), g)
		return &answer{body: doneView{"the gate is open; parked rows are released within seconds"}}, err
	}
	return nil, errNoPath
}
