package console

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"slices"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// overviewShown is how the account is, and what it called in the last hour.
type overviewShown struct {
	operate.Overview
	Chart template.HTML
	Used  string // of the emails that were allowed in the last whole minute
}

// overviewPage is what everybody sees first.
func overviewPage(ctx context.Context, r *request) (page, error) {
	o, err := r.Overview(ctx)
	if err != nil {
		return page{}, err
	}
	history, err := r.Budget.History(ctx, 60)
	shown := overviewShown{Overview: o, Chart: callChart(history), Used: budgetUsed(history)}
	return page{Template: "overview", Title: "Overview", Live: true, Data: shown}, err
}

// budgetUsed says how much of the budget the last whole minute took: of the limit that was nearest.
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

// steerGate probes a gate now, or opens it.
func steerGate(ctx context.Context, r *request) (next, done string, err error) {
	g := qflow.Gate(r.PathValue("gate"))
	if !slices.Contains(qflow.Gates, g) {
		return "", "", errNoPage
	}
	switch r.PathValue("verb") {
	case "probe":
		if err = r.Probe(ctx, r.actor(), g); err == nil {
			done, err = r.WhyNoProbe(ctx)
		}
		done = cmp.Or(done, "A worker probes the "+string(g)+" gate now.")
	case "open":
		err, done = r.OpenGate(ctx, r.actor(), g), "The "+string(g)+" gate is taken for open; what waits goes out within seconds."
	default:
		err = errNoPage
	}
	if operate.IsRefused(err) { // it has opened meanwhile, which is what was wanted
		done, err = err.Error(), nil
	}
	return r.at(), done, err
}
