package main

import (
	"context"
	"slices"
	"time"

	"guestflow/importer"
)

// laterFirst returns the plans of one command in the order of their imports. The files are lists in the order in which
// they are named, and what a later one says of a guest counts. Where one has guests of one before it with another address or
// name, all are imported the last one first, each in its place (Settings.Given): so no email leaves to an address that is
// corrected a moment later. now is the clock of the imports.
func laterFirst(ctx context.Context, plans []importer.Plan, now time.Time) ([]importer.Plan, error) {
	corrects, err := anyCorrects(ctx, plans)
	if err != nil || !corrects {
		return plans, err
	}
	plans = slices.Clone(plans)
	for i := range plans {
		plans[i].Settings.Given = now.Add(time.Duration(i) * time.Millisecond)
	}
	slices.Reverse(plans)
	return plans, nil
}

// mostTogether is how many files of one command are compared with each other.
const mostTogether = 100

func anyCorrects(ctx context.Context, plans []importer.Plan) (bool, error) {
	if len(plans) < 2 || len(plans) > mostTogether {
		return false, nil
	}
	lists := make([]*importer.ListedGuests, len(plans))
	for i, p := range plans {
		var err error
		if lists[i], err = p.Listed(ctx); err != nil {
			return false, err
		}
		for _, earlier := range lists[:i] {
			if lists[i].Corrects(earlier) > 0 {
				return true, nil
			}
		}
	}
	return false, nil
}
