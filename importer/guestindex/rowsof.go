package guestindex

import (
	"context"

	"github.com/google/uuid"

	"guestflow/importer/ledger"
)

// Rows returns the rows by which guests are known: of each the one that has the say about him, and those that own his emails,
// of all templates.
func (x Index) Rows(ctx context.Context, guests ...Guest) ([][]ledger.Owner, error) {
	owners := make([][]ledger.Owner, len(guests))
	places := map[string][]int{} // by event
	for i, g := range guests {
		places[g.Event] = append(places[g.Event], i)
	}
	for event, at := range places {
		ids := make([]uuid.UUID, len(at))
		for n, i := range at {
			of := guests[i]
			if of.Former != uuid.Nil {
				var err error
				if of, err = x.resolveOne(ctx, of); err != nil {
					return nil, err
				}
			}
			ids[n] = of.ID
		}
		known, err := x.lookupAliased(ctx, event, ids)
		if err != nil {
			return nil, err
		}
		for n, i := range at {
			owners[i] = known[n].record.rows()
		}
	}
	return owners, nil
}

// lookupAliased is Lookup, of guests who were said to be others by what the index has of these.
func (x Index) lookupAliased(ctx context.Context, event string, ids []uuid.UUID) ([]Known, error) {
	known, err := x.Lookup(ctx, event, ids)
	if err != nil {
		return nil, err
	}
	var others []uuid.UUID
	var at []int
	for i := range known {
		if id, is := known[i].record.alias(); is {
			others, at = append(others, id), append(at, i)
		}
	}
	if len(others) == 0 {
		return known, nil
	}
	of, err := x.Lookup(ctx, event, others)
	for n := range of {
		known[at[n]] = of[n]
	}
	return known, err
}
