package console

import (
	"context"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/sendwindow"
)

// windowShown asks for the hours in which an import's emails leave.
type windowShown struct {
	Import  ledger.Import
	Window  *operate.Window // nil if they leave at any time
	Example string
}

func windowPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Operator {
		return page{}, errOperator
	}
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	now, err := r.Ledger.Now(ctx)
	shown := windowShown{Import: imp, Window: operate.WindowOf(imp, now), Example: sendwindow.Example + ", Europe/London"}
	return page{Template: "window", Title: "Send window", Data: shown}, err
}

func setWindow(ctx context.Context, r *request) (next, flash string, err error) {
	id, hours := r.PathValue("id"), r.text("hours")
	if hours == "" || r.PostFormValue("none") != "" {
		hours = sendwindow.None
	}
	w, err := r.SetWindow(ctx, r.actor(), id, hours)
	flash = "Its emails leave at any time."
	if w != nil {
		flash = "Its emails leave " + w.Text() + "."
	}
	return r.at("imports", id), flash, err
}
