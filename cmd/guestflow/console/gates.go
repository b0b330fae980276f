package console

import (
	"cmp"
	"context"
	"slices"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
)

// steerGate probes a gate now, or opens it.
func steerGate(ctx context.Context, r *request) (next, flash string, err error) {
	g := qflow.Gate(r.PathValue("gate"))
	if !slices.Contains(qflow.Gates, g) {
		return "", "", errNoPage
	}
	switch r.PathValue("verb") {
	case "probe":
		if err = r.Probe(ctx, r.actor(), g); err == nil {
			flash, err = r.WhyNoProbe(ctx)
		}
		flash = cmp.Or(flash, "A worker probes the "+string(g)+" gate now.")
	case "open":
		err, flash = r.OpenGate(ctx, r.actor(), g), "The "+string(g)+" gate is open; parked rows are released within "+
			"seconds."
	default:
		err = errNoPage
	}
	if operate.IsRefused(err) { // it has opened meanwhile, which is what was wanted
		flash, err = sentence(err.Error()), nil
	}
	return r.at(), flash, err
}
