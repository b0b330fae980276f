package tokencache

import "time"

// Result is how an attempt at a new token ended: a metric label, hence a closed list.
type Result string

// The results of an attempt.
const (
	ResultRenewed Result = "renewed"
	// ResultLost: the answer was good, but another process had committed a newer generation.
	ResultLost Result = "lost"
	// ResultUnsent: nothing was sent; the refresh token is as good as before.
	ResultUnsent Result = "unsent"
	ResultDenied Result = "denied"
	// ResultUnclear: sent, and no usable answer came back.
	ResultUnclear Result = "unclear"
)

// Observer gets the events that metrics are made of. Any field may be nil. The functions must not block.
type Observer struct {
	// Renewed is called for every attempt at the identity server, with its duration.
	Renewed func(grant Grant, result Result, took time.Duration)
	// Waited is called for every Token or Refused call that could not be served from memory.
	Waited func(d time.Duration)
	// Recovered is called when a claim whose owner is gone was taken over; its refresh token is dropped.
	Recovered func()
	// Settled is called when the journal of a process that is gone was committed.
	Settled func()
}

func (o Observer) renewed(g Grant, r Result, d time.Duration) {
	if o.Renewed != nil {
		o.Renewed(g, r, d)
	}
}

func (o Observer) waited(d time.Duration) {
	if o.Waited != nil {
		o.Waited(d)
	}
}

func (o Observer) recovered() {
	if o.Recovered != nil {
		o.Recovered()
	}
}

func (o Observer) settled() {
	if o.Settled != nil {
		o.Settled()
	}
}
