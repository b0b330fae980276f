package delivery

import (
	"context"
	"errors"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow/webhook"
)

// suppressedFor is why an address is suppressed, by what an event says of it for good.
var suppressedFor = map[webhook.Kind]suppression.Reason{
	webhook.Bounced: suppression.Bounced, webhook.Spam: suppression.Complained,
	webhook.Unsubscribed: suppression.Unsubscribed,
}

// suppress has the address of an event not mailed any more, if it says so for good. It comes before the event is
// recorded, so that a delivery which is repeated after a kill finds the rest to do; one that is repeated without need
// says what is known, or what a person has lifted since. An email that guestflow did not send counts as well, where
// Qflow says whose it was.
func (r *Receiver) suppress(ctx context.Context, e webhook.Event, row ledger.Owner, ours bool) error {
	why, lasting := suppressedFor[e.Lasting]
	if !lasting {
		return nil
	}
	at := eventTime(e)
	if ours {
		known, err := r.suppressRow(ctx, row, why, at)
		if known || err != nil {
			return err
		}
	}
	if e.Address == "" {
		return nil
	}
	_, err := r.suppressed.Report(ctx, e.Address, why, at)
	return err
}

// suppressRow suppresses the address of a row, and reports whether it is known.
func (r *Receiver) suppressRow(ctx context.Context, row ledger.Owner, why suppression.Reason, at time.Time) (bool,
	error) {
	known, err := r.suppressed.ReportRow(ctx, row, why, at)
	if err == nil && known {
		r.ledger.Journal.Add(row, func(ctx context.Context) (missing bool, err error) {
			known, err := r.suppressed.ReportRow(ctx, row, why, at)
			return !known, err
		})
	}
	if known || err != nil {
		return known, err
	}
	address, err := r.storedAddress(ctx, row)
	if err != nil || address == "" {
		return false, err
	}
	_, err = r.suppressed.Report(ctx, address, why, at)
	return true, err
}

// storedAddress returns the address of a row whose chunk is still kept, or "": for one that a version before has
// worked on, which noted no digest of it.
func (r *Receiver) storedAddress(ctx context.Context, row ledger.Owner) (string, error) {
	imp, err := r.ledger.Import(ctx, row.Import)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && (imp.Chunk == 0 || row.Row < 1) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	data, err := r.ledger.Chunks.Get(ctx, row.Import, (row.Row-1)/imp.Chunk)
	if errors.Is(err, ledger.ErrNoChunk) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	rows, err := chunk.Decode(data)
	for i := range rows {
		if rows[i].Row == row.Row {
			return rows[i].Guest.Email, nil
		}
	}
	return "", err
}
