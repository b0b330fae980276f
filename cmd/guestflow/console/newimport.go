package console

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// newShown is the form for a file.
type newShown struct {
	Profiles []string
	Events   []string
	Most     string
	Bytes    int64
	Waiting  []upload // were uploaded and not imported
	Now      time.Time
}

// newPage asks for a file.
func newPage(ctx context.Context, r *request) (page, error) {
	if !r.User.Operator {
		return page{}, errOperator
	}
	shown := newShown{Profiles: r.Profiles, Most: bytesOf(r.UploadLimit()), Bytes: r.UploadLimit(), Now: time.Now()}
	shown.Waiting = r.uploads(ctx)
	var err error
	shown.Events, err = r.events(ctx)
	return page{Template: "new", Title: "New import", Data: shown}, err
}

// events are those that are known here: Qflow has no call that lists them.
func (a *Account) events(ctx context.Context) ([]string, error) {
	known := map[string]bool{}
	for _, profile := range append([]string{""}, a.Profiles...) {
		if to, err := a.Settings(spec.Spec{Profile: profile}); err == nil { // a faulty profile shows where it is used
			known[to.Event] = true
		}
	}
	imports, err := a.Ledger.Imports(ctx, maxImports)
	for _, i := range imports {
		known[i.Event] = true
	}
	for event := range a.Events {
		known[event] = true
	}
	delete(known, "")
	return slices.Sorted(maps.Keys(known)), err
}

// receive takes the file.
func (s *Site) receive(ctx context.Context, r *request) (next, done string, err error) {
	u, err := r.Account.receive(r.Request, r.User.Name)
	if err != nil {
		return "", "", err
	}
	if wrong := s.unreadable(ctx, u); wrong != nil {
		_ = r.Spool.Discard(u.ID) // if it cannot be, it goes in a day
		return "", "", wrong
	}
	err = r.Audited(ctx, r.actor(), "upload", u.ID, "",
		func() (string, error) { return u.Name + ", " + bytesOf(u.Size), nil })
	return r.at("new", u.ID), "", err
}

// unreadable returns at once what no other choice mends. Another sheet of a workbook may be better than its first, and
// what a zip unfolds to is looked at by the preview; which also finds what does not show at a glance.
func (s *Site) unreadable(ctx context.Context, u upload) error {
	if packed(u.Path) {
		return nil
	}
	_, err := s.previews.peek(ctx, u, "", peekTimeout)
	if fault, is := errors.AsType[*importer.FileError](err); is && !fault.NeedsAnswer {
		return fault
	}
	return nil
}

// packed reports whether a file begins like a workbook or another zip.
func packed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 2)
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == "PK"
}

// discard removes a file that was not imported.
func discard(ctx context.Context, r *request) (next, done string, err error) {
	u, err := r.upload(ctx, r.PathValue("upload"))
	if err != nil {
		return "", "", err
	}
	before := u.Name + ", from " + u.From()
	if u.Origin.Door == spool.Console {
		before = u.Name + ", uploaded by " + u.Origin.By
	}
	err = r.Audited(ctx, r.actor(), "discard", u.ID, before,
		func() (string, error) { return "removed", u.Spool.Discard(u.ID) })
	if errors.Is(err, spool.ErrNotWaiting) {
		return "", "", &problem{http.StatusConflict, "This file is being imported",
			"Cancel the import instead, on its own page."}
	}
	return r.at("new"), u.Discarded(), err
}

// From says where it came from.
func (u upload) From() string {
	switch u.Origin.Door {
	case spool.Console:
		return u.Origin.By
	case spool.Source:
		return u.Origin.From
	case spool.API:
		return u.Origin.By + ", by the API"
	case spool.Command, spool.Inbox:
	}
	return string(u.Origin.Door)
}
