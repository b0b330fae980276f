package console

import (
	"context"
	"slices"
	"time"

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
	List   []operate.Progress // its imports
	Pager  pager
	Filter importFilter
	Chips  []importChip
	Urgent []operate.Progress // that want a person, of the last days
	Found  int                // by the filter
}

// withGates are imports with what depends on the gates that are closed.
func withGates(list []ledger.Import, closed []gate.Closed) []operate.Progress {
	shown := make([]operate.Progress, len(list))
	for i, imp := range list {
		shown[i] = operate.Progress{Import: imp, Releasing: operate.IsReleasing(imp, closed)}
	}
	return shown
}

// importsPage lists imports: pages of all, or what a filter selects of the newest.
func importsPage(ctx context.Context, r *request) (page, error) {
	after, before, err := r.cursors(spec.IsID)
	if err != nil {
		return page{}, err
	}
	filter, err := filterOf(r.URL.Query())
	if err != nil {
		return page{}, err
	}
	newest, err := r.Ledger.Imports(ctx, maxFiltered)
	if err != nil {
		return page{}, err
	}
	closed, err := r.Gates.Closed(ctx)
	if err != nil {
		return page{}, err
	}
	newest = slices.DeleteFunc(newest, func(i ledger.Import) bool { return !filter.matches(i) })
	shown := importsShown{Filter: filter, Chips: filter.chips(r.at("imports"), newest)}
	if filter.None() {
		err = shown.read(ctx, r, after, before)
		if after == "" && before == "" {
			shown.Urgent = withGates(first(newest, time.Now()), closed)
		}
	} else {
		found := filter.ofKind(newest)
		shown.Found = len(found)
		shown.Imports = found[:min(len(found), maxListed)]
	}
	shown.List = withGates(shown.Imports, closed)
	return page{Template: "imports", Title: "Imports", Data: shown}, err
}

// read reads a page of all imports.
func (s *importsShown) read(ctx context.Context, r *request, after, before string) (err error) {
	s.Page, err = r.Ledger.Page(ctx, after, before, importsPageSize)
	s.Pager = pager{Items: "imports", Path: r.at("imports"), Newer: s.Newer, Older: s.Older}
	return err
}
