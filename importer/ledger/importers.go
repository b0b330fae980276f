package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// An import whose file is being read is on the list of importing ones, with the time at which its importer's
// heartbeat expires. It is taken off when all its rows are enqueued. So an importer that is killed half-way leaves an
// orphan behind, and looking for orphans is one command, by Redis' clock. Nothing relies on that time: what is done
// for an import whose importer was only frozen does it no harm.

const (
	// HeartbeatTTL is how long an importer lives after a heartbeat. A pause of a process is shorter, mostly.
	HeartbeatTTL = time.Minute

	// orphanLease is how long a process may take to recover an orphan until another may claim it.
	orphanLease = time.Minute

	// maxOrphans is how many are claimed at a time.
	maxOrphans = 100
)

// Importers are the processes that read the files of an account's imports.
type Importers struct {
	store
	ledger *Ledger
}

// Begin sends the first heartbeat of an importer that begins an import, or goes on with it. It expires after a minute.
func (x Importers) Begin(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, HeartbeatTTL, true)
}

// Heartbeat sends a further one.
func (x Importers) Heartbeat(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, HeartbeatTTL, false)
}

// Stop ends the heartbeat of an importer that leaves an import half-way: the import is an orphan from now on.
func (x Importers) Stop(ctx context.Context, id string) error {
	return x.heartbeat(ctx, id, 0, false)
}

func (x Importers) heartbeat(ctx context.Context, id string, d time.Duration, begins bool) error {
	keys := []string{x.keys.importing(), x.keys.Import(id)}
	err := heartbeatScript.Run(ctx, x.redis, keys, id, d.Milliseconds(), begins).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("send the heartbeat of import %s: %w", id, err)
	}
	return nil
}

// MarkEnqueued takes an import off the list: all its rows are enqueued.
func (x Importers) MarkEnqueued(ctx context.Context, id string) error {
	if err := x.redis.ZRem(ctx, x.keys.importing(), id).Err(); err != nil {
		return fmt.Errorf("note that import %s is enqueued: %w", id, err)
	}
	return nil
}

// Live returns the imports whose importers live.
func (x Importers) Live(ctx context.Context) (map[string]bool, error) {
	ids, err := liveScript.Run(ctx, x.redis, []string{x.keys.importing()}).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("look for importers: %w", err)
	}
	live := make(map[string]bool, len(ids))
	for _, id := range ids {
		live[id] = true
	}
	return live, nil
}

// Orphan is an import whose importer is gone, claimed by one caller.
type Orphan struct {
	ID   string
	over int64 // when the claim expires, by Redis' clock
}

// ClaimOrphans claims imports whose importers are gone, each for one caller. Acknowledged ones are not returned again
// until an importer has come and gone once more.
func (x Importers) ClaimOrphans(ctx context.Context) ([]Orphan, error) {
	keys := []string{x.keys.importing()}
	out, err := orphansScript.Run(ctx, x.redis, keys, orphanLease.Milliseconds(), maxOrphans).Slice()
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

// AckOrphan acknowledges that an orphan was recovered.
func (x Importers) AckOrphan(ctx context.Context, a Orphan) error {
	err := ackOrphanScript.Run(ctx, x.redis, []string{x.keys.importing()}, a.ID, a.over).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("note that import %s was recovered: %w", a.ID, err)
	}
	return nil
}

// maxBackfill is how many imports are looked through for those that an earlier version has not finished.
const maxBackfill = 500

// Backfill fills the lists of known, of running and of importing imports, which an earlier version did not keep.
func (x Importers) Backfill(ctx context.Context) error {
	known := &redis.ZStore{Keys: []string{x.keys.known(), x.keys.imports()}, Aggregate: "MAX"}
	if err := x.redis.ZUnionStore(ctx, x.keys.known(), known).Err(); err != nil {
		return fmt.Errorf("note the ids of imports: %w", err)
	}
	imports, err := x.ledger.Imports(ctx, maxBackfill)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.Done() {
			if err := x.redis.SAdd(ctx, x.keys.running(), i.ID).Err(); err != nil {
				return fmt.Errorf("note that import %s runs: %w", i.ID, err)
			}
		}
		if !i.PartlyEnqueued() {
			continue
		}
		if err := x.redis.ZAddNX(ctx, x.keys.importing(), redis.Z{Score: 1, Member: i.ID}).Err(); err != nil {
			return fmt.Errorf("note that import %s was left half-way: %w", i.ID, err)
		}
	}
	return nil
}

var (
	heartbeatScript = script("heartbeat")
	liveScript      = script("live")
	orphansScript   = script("orphans")
	ackOrphanScript = script("ackorphan")
)
