package program

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"guestflow/importer/ledger"
)

// forgetEvery is soon enough for what stays for days.
const forgetEvery = time.Hour

// forgetOld removes fetched files, and what Redis has of guests, again and again. Whatever its roles are, each process
// does: it is the same for all of them.
func forgetOld(ctx context.Context, apps []*Account) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		for _, a := range apps {
			a.keepOpen(ctx)
			a.ForgetFetched(ctx)
			a.forgetGuests(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepOpen keeps the imports that are not over, however short the retention is.
func (a *Account) keepOpen(ctx context.Context) {
	if err := a.Ledger.KeepOpen(ctx); err != nil && ctx.Err() == nil {
		a.Log.Warn("running imports could not be kept longer in Redis; it is tried again within the hour", "error", err)
	}
}

// forgetGuests removes what Redis has of the guests of imports whose files are gone by now.
func (a *Account) forgetGuests(ctx context.Context) {
	if a.Settings.KeepFiles == 0 {
		return
	}
	imports, err := a.Ledger.ForgetGuests(ctx, a.Settings.KeepFiles)
	for _, i := range imports {
		a.Log.Info("what Redis had of an import's guests was removed, as it is not kept for ever; "+
			"its rows can no longer be retried", "import", i.ID)
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Warn("what Redis has of guests could not be removed; it is tried again within the hour", "error", err)
	}
}

// ForgetFetched removes fetched files that are as old as what an inbox removes. Those of imports with open rows stay,
// for their reports.
func (a *Account) ForgetFetched(ctx context.Context) {
	keep := a.Settings.KeepFiles
	if keep == 0 {
		return
	}
	root := filepath.Join(a.Settings.StateDir, fetchedDir, a.Settings.AccountName())
	var old []string
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // what cannot be read cannot be removed either
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > keep {
			old = append(old, path)
		}
		return nil
	})
	if len(old) == 0 {
		return
	}
	imports, err := a.Ledger.Imports(ctx, 0)
	if err != nil {
		return // the next one does it
	}
	for _, path := range old {
		needed := slices.ContainsFunc(imports, func(i ledger.Import) bool { return i.Source == path && !i.Done() })
		if !needed && os.Remove(path) == nil {
			a.Log.Info("an old file was removed, as guests' data is not kept for ever", "file", path)
		}
	}
}
