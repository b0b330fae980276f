package api

import (
	"context"
	"time"

	"guestflow/worker/gate"
)

// statusAge is how old what is shown of the account may be, so that many callers cost Redis one read.
const statusAge = time.Second

// statusView is the account in numbers.
type statusView struct {
	Account   string        `json:"account"`
	Live      bool          `json:"live"` // emails reach real people
	Workers   int           `json:"workers"`
	Parked    int           `json:"parked"` // rows that wait for a gate
	Waiting   string        `json:"waiting,omitempty"`
	Attention string        `json:"attention,omitempty"`
	Running   []importView  `json:"running"`
	Gates     []gate.Closed `json:"closed_gates,omitempty"`
}

// status shows how the account fares.
func status(ctx context.Context, c *call) (*answer, error) {
	o, err := c.RecentOverview(ctx, statusAge)
	if err != nil {
		return nil, err
	}
	shown := statusView{
		Account: o.Account, Live: o.Live, Workers: o.Workers, Parked: o.Parked, Waiting: o.Stall, Attention: o.Attention(),
		Running: make([]importView, len(o.Running)), Gates: o.Gates,
	}
	for n, p := range o.Running {
		shown.Running[n] = progressOf(p)
	}
	return &answer{body: shown}, nil
}
