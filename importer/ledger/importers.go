package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// An import whose file is being read stands on the list importing, with the time until which its importer is known to live. It
// is taken off when all its rows are enqueued. So whoever is killed half-way leaves word of it, and looking for such imports costs
// one question of Redis, by its clock. Nothing relies on that time: what is done for an import whose importer was only frozen
// does it no harm.

const (
	// heartbeatTTL is how long an importer that shows itself is known to live. A pause of a process is shorter, mostly.
	heartbeatTTL = time.Minute

	// HeartbeatEvery is how often it shows itself: it may fail twice.
	HeartbeatEvery = 20 * time.Second

	// orphanLease is how long whoever sees to an abandoned import may take until another does.
	orphanLease = time.Minute

	// maxOrphans is how many are handed out at a time.
	maxOrphans = 100
)

// Importers are the processes that read the files of an account's imports.
type Importers struct{ ledger *Ledger }

// Begin says that an importer begins an import, or goes on with it, for a minute from now.
func (x Importers) Begin(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, heartbeatTTL, true)
}

// Heartbeat says that it still is at it.
func (x Importers) Heartbeat(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, heartbeatTTL, false)
}

// Stop says that it has left the import half-way.
func (x Importers) Stop(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, 0, false)
}

func (x Importers) heartbeat(ctx context.Context, id string, d time.Duration, begins bool) error {
	err := attendScript.Run(ctx, x.ledger.redis, []string{x.ledger.keys.importing(), x.ledger.keys.Import(id)}, id, d.Milliseconds(), begins).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("note that somebody is at import %s: %w", id, err)
	}
	return nil
}

// MarkEnqueued says that nothing of the import is left to be enqueued.
func (x Importers) MarkEnqueued(ctx context.Context, id string) error {
	if err := x.ledger.redis.ZRem(ctx, x.ledger.keys.importing(), id).Err(); err != nil {
		return fmt.Errorf("note that import %s is enqueued: %w", id, err)
	}
	return nil
}

// Live gives the imports that an importer is at.
func (x Importers) Live(ctx context.Context) (map[string]bool, error) {
	ids, err := livingScript.Run(ctx, x.ledger.redis, []string{x.ledger.keys.importing()}).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("look for importers: %w", err)
	}
	living := make(map[string]bool, len(ids))
	for _, id := range ids {
		living[id] = true
	}
	return living, nil
}

// Orphan is an import whose importer is gone, in the hands of one who sees to it.
type Orphan struct {
	ID   string
	over int64 // when the time of who sees to it is over, by Redis' clock
}

// ClaimOrphans hands out imports whose importers are gone, each to one caller and once, until an importer comes and is gone again.
func (x Importers) ClaimOrphans(ctx context.Context) ([]Orphan, error) {
	out, err := abandonedScript.Run(ctx, x.ledger.redis, []string{x.ledger.keys.importing()}, orphanLease.Milliseconds(), maxOrphans).Slice()
	if err != nil {
		return nil, fmt.Errorf("look for imports that were left half-way: %w", err)
	}
	over := out[0].(int64)
	list := make([]Orphan, len(out)-1)
	for n, id := range out[1:] {
		list[n] = Orphan{ID: id.(string), over: over}
	}
	return list, nil
}

// AckOrphan says that an abandoned import was seen to.
func (x Importers) AckOrphan(ctx context.Context, a Orphan) error {
	err := seenScript.Run(ctx, x.ledger.redis, []string{x.ledger.keys.importing()}, a.ID, a.over).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("note that import %s was seen to: %w", a.ID, err)
	}
	return nil
}

// maxBackfill is how many imports are looked through for those that an earlier version has not finished.
const maxBackfill = 500

// Backfill puts imports on the lists of those that are known, that run, and that were left half-way, which an earlier version did not
// keep.
func (x Importers) Backfill(ctx context.Context) error {
	known := &redis.ZStore{Keys: []string{x.ledger.keys.known(), x.ledger.keys.imports()}, Aggregate: "MAX"}
	if err := x.ledger.redis.ZUnionStore(ctx, x.ledger.keys.known(), known).Err(); err != nil {
		return fmt.Errorf("note the ids of imports: %w", err)
	}
	imports, err := x.ledger.Imports(ctx, maxBackfill)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.Done() {
			if err := x.ledger.redis.SAdd(ctx, x.ledger.keys.running(), i.ID).Err(); err != nil {
				return fmt.Errorf("note that import %s runs: %w", i.ID, err)
			}
		}
		if !i.PartlyEnqueued() {
			continue
		}
		if err := x.ledger.redis.ZAddNX(ctx, x.ledger.keys.importing(), redis.Z{Score: 1, Member: i.ID}).Err(); err != nil {
			return fmt.Errorf("note that import %s was left half-way: %w", i.ID, err)
		}
	}
	return nil
}

var (
	attendScript    = script("attend")
	enqueuedScript  = script("enqueued")
	livingScript    = script("living")
	abandonedScript = script("abandoned")
	seenScript      = script("seen")
	succeedScript   = script("succeed")
)
