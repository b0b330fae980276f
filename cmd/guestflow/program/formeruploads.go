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
	if err != nil || len(id) < 6 {
		a.Log.Warn("an upload of an earlier version cannot be read, and stays where it is", "folder", dir, "error", err)
		return nil
	}
	path, err := filepath.Abs(filepath.Join(dir, "list", filepath.Base(u.Name)))
	if err != nil {
		return err
	}
	r := spool.Record{Name: u.Name, Origin: spool.Origin{Door: spool.Console, By: u.By}, NoEmail: u.Silent}
	state := spool.Waiting
	if u.Order == nil {
		asked := spec.Spec{Profile: u.Wish.Profile, Event: u.Wish.Event, Template: u.Wish.Template, Key: u.Wish.Key}
		asked.Reading = spec.Reading{
			Mapping: u.Wish.Mapping, Dates: u.Wish.Dates, Sheet: u.Wish.Sheet, Encoding: u.Wish.Encoding,
			HeaderRow: u.Wish.HeaderRow, Hidden: u.Wish.Hidden,
		}
		if u.Wish.SplitNames {
			asked.SplitNames = &u.Wish.SplitNames
		}
		r.Spec = &asked
	} else {
		state = spool.Approved
		u.Order.Account, u.Order.Dates = a.Settings.AccountName(), u.Order.DateLayout
		r.Spec, r.Import = &u.Order.Spec, u.Order.Import
		if u.Order.Over {
			state = spool.Done
		}
	}
	to, err := a.Spool.Adopt(u.At, id[:6], r, state)
	if err != nil {
		return err
	}
	if state == spool.Done { // whose report is to find it
		imp, err := a.Ledger.Import(ctx, r.Import)
		if err == nil && imp.Source == path {
			err = a.Ledger.SetSource(ctx, imp.ID, to)
		}
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
	}
	if err := os.Rename(path, to); err != nil && !errors.Is(err, os.ErrNotExist) { // it was moved before a kill
		return err
	}
	return os.RemoveAll(dir)
}
