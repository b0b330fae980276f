package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/filename"
	"guestflow/importer/reason"
)

var supersedeScript = script("supersede")

// Supersede notes that the file of other imports holds by now what a new import has: those of the same place that are
// half-way. One whose importer lives goes on all the same: it may have the file open as it was.
func (l *Ledger) Supersede(ctx context.Context, successor Import) error {
	ids, err := l.redis.ZRange(ctx, l.keys.importing(), 0, -1).Result()
	if err != nil {
		return fmt.Errorf("look for imports of the same file: %w", err)
	}
	imports, err := l.records(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.PartlyEnqueued() { // cancelled, say
			if err := l.Importers.MarkEnqueued(ctx, i.ID); err != nil {
				return err
			}
			continue
		}
		if i.SHA256 == successor.SHA256 || filename.Unclaimed(i.Source) != filename.Unclaimed(successor.Source) {
			continue
		}
		err := supersedeScript.Run(ctx, l.redis, []string{l.keys.Import(i.ID), l.keys.importing()}, i.ID, successor.ID).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("note the successor of import %s: %w", i.ID, err)
		}
	}
	return nil
}

// GiveUp cancels the rows of an import that were never enqueued and cannot be any more: its file has other content.
// Those that are enqueued go on.
func (l *Ledger) GiveUp(ctx context.Context, id string) (rows int, err error) {
	if err := l.set(ctx, id, "given_up", 1); err != nil {
		return 0, fmt.Errorf("give the rest of import %s up: %w", id, err)
	}
	why := Reason{
		Code: reason.FileChanged,
		Text: "the file was changed before this row was enqueued; what it holds now is another import",
	}
	cancelled, err := l.cancelRows(ctx, id, why, func(s State) bool { return s == New })
	return cancelled.New, err
}
