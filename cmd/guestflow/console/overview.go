package console

import (
	"context"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
)

// overviewPage is what everybody sees first.
func overviewPage(ctx context.Context, r *request) (page, error) {
	o, err := r.Overview(ctx)
	return page{Template: "overview", Title: "Overview", Live: true, Data: o}, err
}

// steerGate probes a gate now, or opens it.
func steerGate(ctx context.Context, r *request) (next, done string, err error) {
	g := qflow.Gate(r.PathValue("gate"))
	switch r.PathValue("verb") {
	case "probe":
		err, done = r.Probe(ctx, r.person(), g), "A worker probes the "+string(g)+" gate within a second."
	case "open":
		err, done = r.OpenGate(ctx, r.person(), g), "The "+string(g)+" gate is taken for open; what waits goes out within seconds."
	default:
		err = errNoPage
	}
	if operate.IsRefused(err) { // it has opened meanwhile, which is what was wanted
		done, err = err.Error(), nil
	}
	return r.at(), done, err
}
