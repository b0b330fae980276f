package console

import (
	"context"
	"fmt"

	"guestflow/cmd/guestflow/operate"
	"guestflow/worker/budget"
)

// overviewShown is the state of the account, and its calls of the last hour.
type overviewShown struct {
	operate.Overview
	Minutes []budget.Minute // of the last hour
	Used    string          // share of the limits in the last whole minute
	Waits   int             // files of which nothing is imported yet
}

// EndedProgress are the finished imports as the list of imports shows them.
func (o overviewShown) EndedProgress() []operate.Progress { return withGates(o.Ended, o.Gates) }

// overviewPage is the first page of an account.
func overviewPage(ctx context.Context, r *request) (page, error) {
	o, err := r.Overview(ctx)
	if err != nil {
		return page{}, err
	}
	history, err := r.Budget.History(ctx, 60)
	shown := overviewShown{Overview: o, Minutes: history, Used: budgetUsed(history), Waits: len(r.uploads(ctx))}
	return page{Template: "overview", Title: "Overview", Live: true, Data: shown}, err
}

// budgetUsed is the share of the budget that the last whole minute used: of the limit that was used most.
func budgetUsed(history []budget.Minute) string {
	if len(history) < 2 {
		return "–"
	}
	m := history[len(history)-2]
	share := 0.0
	if m.APILimit > 0 {
		share = float64(m.Calls) / float64(m.APILimit)
	}
	if m.EmailLimit > 0 {
		share = max(share, float64(m.Emails)/float64(m.EmailLimit))
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}
