package console

import (
	"context"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
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
	Pager pager
}

// importsPage lists imports.
func importsPage(ctx context.Context, r *request) (page, error) {
	after, before, err := r.cursors(spec.IsID)
	if err != nil {
		return page{}, err
	}
	list, err := r.Ledger.Page(ctx, after, before, importsPageSize)
	shown := importsShown{Page: list, Pager: pager{Items: "imports", Path: r.at("imports"), Newer: list.Newer,
		Older: list.Older}}
	return page{Template: "imports", Title: "Imports", Data: shown}, err
}
