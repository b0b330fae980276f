package operate

import (
	"cmp"
	"context"
	"strings"
	"time"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/qflow"
	"guestflow/tokencache"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// Overview is the state of an account.
type Overview struct {
	Account string           `json:"account"`
	Events  qflow.EventNames `json:"-"`    // what events are called
	Live    bool             `json:"live"` // calls reach real people
	At      time.Time        `json:"at"`
	Running []Progress       `json:"running"` // imports that are not finished, the newest first
	Ended   []ledger.Import  `json:"ended"`   // the newest of the finished ones
	Gates   []gate.Closed    `json:"closed_gates"`
	Parked  int              `json:"parked"`
	Workers int              `json:"workers"`
	Budget  budget.State     `json:"budget"`
	Token   *tokencache.Info `json:"token,omitempty"`
	SignIn  *SignIn          `json:"sign_in,omitempty"` // why it fails
	Stall   string           `json:"waiting,omitempty"` // why nothing moves

	WaitingFiles WaitingFiles `json:"waiting_files"` // of which nothing is imported, or a part
}

// Progress is the progress of an import.
type Progress struct {
	ledger.Import
	Rate            float64       `json:"rate"`                // rows that went to Qflow in a second, recently
	Remaining       time.Duration `json:"left_ns"`             // until all that no gate holds up is settled; 0 if unknown
	RemainingParked time.Duration `json:"then_ns"`             // how long the rows of a gate take once it opens
	Behind          string        `json:"behind,omitempty"`    // the file of another import, behind which it waits
	Releasing       bool          `json:"releasing,omitempty"` // its parked rows are being released
	Stall           string        `json:"waiting,omitempty"`
	AtGate          qflow.Gate    `json:"-"`                // the closed gate that Stall speaks of
	BesideGate      string        `json:"-"`                // Stall without it, for a page that shows the gate already
	Window          *Window       `json:"window,omitempty"` // when its emails leave; nil for at any time
	Gated           bool          `json:"-"`                // some gate is closed

	known          bool // its rate is measured
	unread         int  // rows that its importer has yet to enqueue
	importerPaused bool // by backpressure
}

// IsReleasing reports whether the parked rows of an import go out: no gate is closed, and no person has stopped it.
func IsReleasing(imp ledger.Import, closed []gate.Closed) bool {
	return imp.Counts.Parked() > 0 && imp.Stopped == "" && len(closed) == 0
}

// Releasing reports whether the parked rows of an import are being released.
func (a *Account) Releasing(ctx context.Context, imp ledger.Import) (bool, error) {
	if imp.Counts.Parked() == 0 {
		return false, nil
	}
	closed, err := a.Gates.Closed(ctx)
	return IsReleasing(imp, closed), err
}

// Shares are what its rows have come to.
func (p Progress) Shares() []advice.Share { return advice.Shares(p.Counts, p.Releasing) }

// Reading reports whether its importer has rows of its file yet to enqueue, and is not paused.
func (p Progress) Reading() bool { return p.unread > 0 && !p.importerPaused }

// Settled is how many rows do not move any more.
func (p Progress) Settled() int { return p.Rows - p.Counts.Open() }

// WaitsForGate reports whether all that is left to do of an import now waits for a gate.
func (p Progress) WaitsForGate() bool {
	parked := p.Counts.Parked()
	return p.Gated && p.Counts.Open()-p.unread == parked && (parked > 0 || p.Stall != "")
}

// WaitsForWindow reports whether nothing of an import moves because its window is closed.
func (p Progress) WaitsForWindow() bool {
	return p.Window != nil && !p.Window.Open && p.Rate < 1 && p.Counts.Open() > 0
}

// IsStalled reports whether an import makes no progress, though it is not paused and waits for neither a gate, its
// window nor other imports.
func (o Overview) IsStalled(p Progress) bool {
	waitsForOthers := p.importerPaused && o.Stall == "" // which make progress
	return p.Stall != "" && p.Stopped == "" && !p.WaitsForGate() && !p.WaitsForWindow() && !waitsForOthers
}

// Releasing reports whether the parked rows of the account are being released.
func (o Overview) Releasing() bool { return o.Parked > 0 && len(o.Gates) == 0 }

// Stalled counts the stalled imports.
func (o Overview) Stalled() (n int) {
	for _, p := range o.Running {
		if o.IsStalled(p) {
			n++
		}
	}
	return n
}

// Attention is what needs an operator's attention, in a few words; "" if nothing does. A paused import does not.
func (o Overview) Attention() string {
	var list []string
	if o.SignIn != nil {
		list = append(list, "sign-in fails")
	}
	for _, g := range o.Gates {
		list = append(list, g.Name().Title(o.Events)+" closed")
	}
	if n := o.Stalled(); n > 0 {
		list = append(list, plural.Of(n, "import", "imports")+" stuck")
	}
	return strings.Join(list, ", ")
}

// StallGate is the closed gate that Stall speaks of, and of nothing else; "" if there is none.
func (o Overview) StallGate() qflow.Gate {
	for _, p := range o.Running {
		if p.Stall == o.Stall && p.BesideGate == "" {
			return p.AtGate
		}
	}
	return ""
}

// commonStall is why nothing moves; "" if something does, or nothing has to.
func commonStall(running []Progress) (text string) {
	for _, p := range running {
		if p.Stall == "" {
			return ""
		}
		text = cmp.Or(text, p.Stall)
	}
	return text
}
