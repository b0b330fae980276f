package operate

import (
	"context"
	"errors"

	"guestflow/importer/erasure"
	"guestflow/importer/plural"
)

// Erase removes what the account keeps of a person, in Redis and in some folders. keep leaves the address suppressed,
// if it is. It is refused while an import is at work with the person's rows.
func (a *Account) Erase(ctx context.Context, who Actor, folders []erasure.Folder, address string,
	keep bool) (r erasure.Result, err error) {
	if address, err = checkedAddress(address); err != nil {
		return r, err
	}
	err = a.Audited(ctx, who, "erase", "a person", "", func() (string, error) {
		r, err = erasure.Eraser{Ledger: a.Ledger, Folders: folders}.Erase(ctx, address, keep)
		if busy, is := errors.AsType[*erasure.BusyError](err); is {
			err = refuse("%s", busy.Error())
		}
		return rows(r.Rows) + ", " + plural.Of(r.Index, "guest", "guests") + " of the index, " +
			rows(r.FileRows) + " of " + plural.Of(r.Files, "file", "files"), err
	})
	return r, err
}
