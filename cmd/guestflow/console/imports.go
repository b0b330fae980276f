package console

import (
	"context"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/worker/gate"
)

const (
	// maxImports is how many imports are searched for events, the newest first.
	maxImports = 500

	// importsPageSize is how many imports a page lists.
	importsPageSize = 100
)

// importsShown is a page of the list of imports.
type importsShown struct {
	ledger.Page
	List  []operate.Progress // its imports
	Pager pager
}

// withGates are imports with what depends on the gates that are closed.
func withGates(list []ledger.Import, closed []gate.Closed) []operate.Progress {
	shown := make([]operate.Progress, len(list))
	for i, imp := range list {
		shown[i] = operate.Progress{Import: imp, Releasing: operate.IsReleasing(imp, closed)}
	}
	return shown
}

// importsPage lists imports.
func importsPage(ctx context.Context, r *request) (page, error) {
	after, before, err := r.cursors(spec.IsID)
	if err != nil {
		return page{}, err
	}
	list, err := r.Ledger.Page(ctx, after, before, importsPageSize)
	if err != nil {
		return page{}, err
	}
	closed, err := r.Gates.Closed(ctx)
	shown := importsShown{Page: list, List: withGates(list.Imports, closed), Pager: pager{Items: "imports", Path: r.at("imports"), Newer: list.Newer,
		Older: list.Older}}
	return page{Template: "imports", Title: "Imports", Data: shown}, err
}
