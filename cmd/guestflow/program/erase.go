package program

import (
	"path/filepath"

	"guestflow/importer/erasure"
)

// ListFolders are the folders that hold lists and reports of the account: its spool, what was fetched, and its folders
// of a watched folder, "" for none.
func (a *Account) ListFolders(inbox string) []erasure.Folder {
	list := []erasure.Folder{
		{Path: filepath.Join(a.Settings.StateDir, spoolDir, a.Settings.AccountName())},
		{Path: filepath.Join(a.Settings.StateDir, fetchedDir, a.Settings.AccountName())},
		{Path: filepath.Join(a.Settings.StateDir, uploadsDir, a.Settings.AccountName()), Waits: true},
	}
	if inbox == "" {
		return list
	}
	dirs := []string{inbox}
	for _, name := range a.ownProfiles() {
		dirs = append(dirs, filepath.Join(inbox, name))
	}
	for _, dir := range dirs {
		list = append(list, erasure.Folder{Path: dir, Waits: true, Flat: true})
		for sub, waits := range map[string]bool{"waiting": true, "processing": true, "done": false, "failed": false} {
			list = append(list, erasure.Folder{Path: filepath.Join(dir, sub), Waits: waits})
		}
	}
	return list
}
