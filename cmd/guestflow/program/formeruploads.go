package program

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// uploadsDir is a folder of the state folder: ACCOUNT/ID/ has upload.json and list/NAME of a file that came by the
// browser in an earlier version.
const uploadsDir = "uploads"

// formerUpload is an upload.json.
type formerUpload struct {
	Name string    `json:"name"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Wish struct {
		Profile, Event, Template, Key string

		Mapping                                   map[string]string
		SplitNames                                bool
		Dates, Sheet, Encoding, HeaderRow, Hidden string
	} `json:"wish"`
	Silent bool `json:"silent"`
	Order  *struct {
		spec.Spec

		Import     string `json:"import"`
		Over       bool   `json:"over"`
		DateLayout string `json:"date_layout"`
	} `json:"order"`
}

// takeFormerUploads moves the uploads of an earlier version into the account's spool, each in one step that may be
// repeated.
func (a *Account) takeFormerUploads(ctx context.Context) error {
	root := filepath.Join(a.Settings.StateDir, uploadsDir, a.Settings.AccountName())
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		dir := filepath.Join(root, e.Name())
		if err := a.takeFormerUpload(ctx, dir, e.Name()); err != nil {
			return fmt.Errorf("take over the upload in %s: %w", dir, err)
		}
	}
	return err
}

func (a *Account) takeFormerUpload(ctx context.Context, dir, id string) error {
	raw, err := listfile.ReadSmall(ctx, filepath.Join(dir, "upload.json"), 1<<20)
	var u formerUpload
	if err == nil {
		err = json.Unmarshal(raw, &u)
	}
	if err != nil || len(id) < 6 { // it never came whole
		info, err := os.Stat(dir)
		if err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			err = os.RemoveAll(dir)
		}
		return err
	}
	path, err := filepath.Abs(filepath.Join(dir, "list", filepath.Base(u.Name)))
	if err != nil {
		return err
	}
	record, state := u.record(a.Settings.AccountName())
	to, err := a.Spool.Adopt(u.At, id[:6], record, state)
	if err == nil && state == spool.Done {
		err = a.moveSource(ctx, record.Import, path, to)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(path, to); err != nil && !errors.Is(err, os.ErrNotExist) { // it was moved before a kill
		return err
	}
	return os.RemoveAll(dir)
}

// record is that of the upload in a spool, and the state that it has there.
func (u formerUpload) record(account string) (spool.Record, spool.State) {
	r := spool.Record{Name: u.Name, Origin: spool.Origin{Door: spool.Console, By: u.By}, NoEmail: u.Silent}
	if u.Order == nil {
		r.Spec = &spec.Spec{Profile: u.Wish.Profile, Event: u.Wish.Event, Template: u.Wish.Template, Key: u.Wish.Key}
		r.Spec.Reading = spec.Reading{
			Mapping: u.Wish.Mapping, Dates: u.Wish.Dates, Sheet: u.Wish.Sheet, Encoding: u.Wish.Encoding,
			HeaderRow: u.Wish.HeaderRow, Hidden: u.Wish.Hidden,
		}
		if u.Wish.SplitNames {
			r.Spec.SplitNames = &u.Wish.SplitNames
		}
		return r, spool.Waiting
	}
	u.Order.Account, u.Order.Dates = account, u.Order.DateLayout
	r.Spec, r.Import = &u.Order.Spec, u.Order.Import
	if u.Order.Over {
		return r, spool.Done
	}
	return r, spool.Approved
}

// moveSource notes where the file of an import is from now on, for its report.
func (a *Account) moveSource(ctx context.Context, id, from, to string) error {
	imp, err := a.Ledger.Import(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && imp.Source != from {
		return nil
	}
	if err != nil {
		return err
	}
	return a.Ledger.SetSource(ctx, id, to)
}
