package spool

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"guestflow/importer/listfile"
)

// Ended is an item that was put away, with the text beside it.
type Ended struct {
	Item
	Text string // why it was not imported; "" if it was
}

// Ended lists what was put into done or failed, the newest first and at most so many, and how many there are.
func (s *Spool) Ended(ctx context.Context, st State, most int) (list []Ended, all int) {
	found := slices.DeleteFunc(listArchived(s.sub(string(st))), func(a *archived) bool { return a.path == "" })
	slices.SortStableFunc(found, func(a, b *archived) int { return strings.Compare(b.id, a.id) })
	for _, a := range found[:min(len(found), most)] {
		e := Ended{Item: a.shown(ctx, st)}
		e.Spool = s
		if a.explained {
			text, err := listfile.ReadSmall(ctx, filepath.Join(filepath.Dir(a.path), a.text()), mostText)
			if err == nil {
				e.Text = strings.TrimSpace(string(text))
			}
		}
		list = append(list, e)
	}
	return list, len(found)
}

// Importing lists the items that are approved or being imported, the newest first.
func (s *Spool) Importing(ctx context.Context) (list []Item) {
	for _, i := range s.active(processing) {
		if found, err := s.look(ctx, processing, i); err == nil {
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return b.Came().Compare(a.Came()) })
	return list
}
