package ledger

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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

// ReasonFileChanged is the code of rows that were cancelled because their file was changed before they were enqueued.
const ReasonFileChanged = "file_changed"

// BeginHeartbeat says that an importer begins an import, or goes on with it, for a minute from now.
func (l *Ledger) BeginHeartbeat(ctx context.Context, id string) error {
	return l.heartbeat(ctx, id, heartbeatTTL, true)
}

// Heartbeat says that it still is at it.
func (l *Ledger) Heartbeat(ctx context.Context, id string) error {
	return l.heartbeat(ctx, id, heartbeatTTL, false)
}

// StopHeartbeat says that it has left the import half-way.
func (l *Ledger) StopHeartbeat(ctx context.Context, id string) error {
	return l.heartbeat(ctx, id, 0, false)
}

func (l *Ledger) heartbeat(ctx context.Context, id string, d time.Duration, begins bool) error {
	err := attendScript.Run(ctx, l.redis, []string{l.importingKey(), l.importKey(id)}, id, d.Milliseconds(), begins).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("note that somebody is at import %s: %w", id, err)
	}
	return nil
}

// MarkEnqueued says that nothing of the import is left to be enqueued.
func (l *Ledger) MarkEnqueued(ctx context.Context, id string) error {
	if err := l.redis.ZRem(ctx, l.importingKey(), id).Err(); err != nil {
		return fmt.Errorf("note that import %s is enqueued: %w", id, err)
	}
	return nil
}

// SetEnqueued records that the first n chunks are enqueued, and returns how many are by the rows that Redis has: fewer than
// the importer remembers, if Redis has lost its last writes meanwhile. ErrNotFound if it has lost the import.
func (l *Ledger) SetEnqueued(ctx context.Context, id string, n int) (int, error) {
	certain, err := enqueuedScript.Run(ctx, l.redis, []string{l.importKey(id), l.rowsKey(id)}, n).Int()
	if err != nil {
		return 0, fmt.Errorf("note the progress of import %s: %w", id, err)
	}
	if certain < 0 {
		return 0, fmt.Errorf("note the progress of import %q: %w", id, ErrNotFound)
	}
	return certain, nil
}

// Now is Redis' clock, by which all times of the ledger are.
func (l *Ledger) Now(ctx context.Context) (time.Time, error) {
	now, err := l.redis.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Redis for its time: %w", err)
	}
	return now, nil
}

// LiveImporters gives the imports that an importer is at.
func (l *Ledger) LiveImporters(ctx context.Context) (map[string]bool, error) {
	ids, err := livingScript.Run(ctx, l.redis, []string{l.importingKey()}).StringSlice()
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
func (l *Ledger) ClaimOrphans(ctx context.Context) ([]Orphan, error) {
	out, err := abandonedScript.Run(ctx, l.redis, []string{l.importingKey()}, orphanLease.Milliseconds(), maxOrphans).Slice()
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
func (l *Ledger) AckOrphan(ctx context.Context, a Orphan) error {
	err := seenScript.Run(ctx, l.redis, []string{l.importingKey()}, a.ID, a.over).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("note that import %s was seen to: %w", a.ID, err)
	}
	return nil
}

// maxBackfill is how many imports are looked through for those that an earlier version has not finished.
const maxBackfill = 500

// Backfill puts imports on the lists of those that are known, that run, and that were left half-way, which an earlier version did not
// keep.
func (l *Ledger) Backfill(ctx context.Context) error {
	known := &redis.ZStore{Keys: []string{l.knownKey(), l.importsKey()}, Aggregate: "MAX"}
	if err := l.redis.ZUnionStore(ctx, l.knownKey(), known).Err(); err != nil {
		return fmt.Errorf("note the ids of imports: %w", err)
	}
	imports, err := l.Imports(ctx, maxBackfill)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.Done() {
			if err := l.redis.SAdd(ctx, l.runningKey(), i.ID).Err(); err != nil {
				return fmt.Errorf("note that import %s runs: %w", i.ID, err)
			}
		}
		if !i.PartlyEnqueued() {
			continue
		}
		if err := l.redis.ZAddNX(ctx, l.importingKey(), redis.Z{Score: 1, Member: i.ID}).Err(); err != nil {
			return fmt.Errorf("note that import %s was left half-way: %w", i.ID, err)
		}
	}
	return nil
}

// PlacedChunks tells which chunks of an import that was left half-way have rows that are queued, of those that are not enqueued for
// certain, and how many chunks, from the first, have all their rows placed.
func (l *Ledger) PlacedChunks(ctx context.Context, imp Import) (queued []int, placed int, err error) {
	placed = (imp.Rows + imp.Chunk - 1) / imp.Chunk
	err = l.eachWindow(ctx, imp, imp.Enqueued*imp.Chunk+1, func(first int, marks []RowByte) error {
		for i, m := range marks {
			switch n := (first + i - 1) / imp.Chunk; {
			case m.State() == New:
				placed = min(placed, n)
			case m.State() == Queued && (len(queued) == 0 || queued[len(queued)-1] != n):
				queued = append(queued, n)
			}
		}
		return nil
	})
	return queued, placed, err
}

// Supersede notes that the file of other imports holds by now what a new import has: those of the same place that are half-way. One
// whose importer lives goes on all the same: it may have the file open as it was.
func (l *Ledger) Supersede(ctx context.Context, successor Import) error {
	ids, err := l.redis.ZRange(ctx, l.importingKey(), 0, -1).Result()
	if err != nil {
		return fmt.Errorf("look for imports of the same file: %w", err)
	}
	imports, err := l.records(ctx, ids)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.PartlyEnqueued() { // cancelled, say
			if err := l.MarkEnqueued(ctx, i.ID); err != nil {
				return err
			}
			continue
		}
		if i.SHA256 == successor.SHA256 || spoolPath(i.Source) != spoolPath(successor.Source) {
			continue
		}
		err := succeedScript.Run(ctx, l.redis, []string{l.importKey(i.ID), l.importingKey()}, i.ID, successor.ID).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("note the successor of import %s: %w", i.ID, err)
		}
	}
	return nil
}

// turn is how often a file of an inbox was taken in hand, of which its name is told apart.
var turn = regexp.MustCompile(`(/\d{8}T\d{6}-[A-Z2-7]{6})\.\d+(--[^/]*)$`)

// spoolPath is where a file stands, whoever has it in hand.
func spoolPath(source string) string { return turn.ReplaceAllString(source, "$1$2") }

// GiveUp cancels the rows of an import that were never enqueued, because nobody can: its file has other content. Those that are
// enqueued go on.
func (l *Ledger) GiveUp(ctx context.Context, id string) (rows int, err error) {
	if err := l.set(ctx, id, "given_up", 1); err != nil {
		return 0, fmt.Errorf("give the rest of import %s up: %w", id, err)
	}
	why := Reason{Code: ReasonFileChanged, Text: "the file was changed before this row was enqueued; what it holds now is another import"}
	err = l.EachWindow(ctx, id, func(first int, marks []RowByte) error {
		var moves []Move
		for i, m := range marks {
			if m.State() == New {
				moves = append(moves, Move{Row: first + i, To: Cancelled, Reason: why})
			}
		}
		moved, _, err := l.Move(ctx, id, moves)
		for _, m := range moved {
			if m.OK {
				rows++
			}
		}
		return err
	})
	return rows, err
}

// waitsFor is how long it is remembered for whom an import waits. It asks every ten seconds.
const waitsFor = 30 * time.Second

// SetWaitsFor notes that rows of an import wait for another.
func (l *Ledger) SetWaitsFor(ctx context.Context, id, other string) error {
	if err := l.redis.Set(ctx, l.waitsKey(id), other, waitsFor).Err(); err != nil {
		return fmt.Errorf("note for whom import %s waits: %w", id, err)
	}
	return nil
}

// WaitsFor gives the imports that others have waited for just now, by who waits.
func (l *Ledger) WaitsFor(ctx context.Context, imports ...Import) (map[string]string, error) {
	waits, err := l.noted(ctx, l.waitsKey, imports)
	if err != nil {
		return nil, fmt.Errorf("look for whom imports wait: %w", err)
	}
	return waits, nil
}

// holdsFor is how long it is remembered that an importer holds back. It says so every second.
const holdsFor = 10 * time.Second

// SetBackpressure notes that an import's importer enqueues nothing for now, and why, for an operator.
func (l *Ledger) SetBackpressure(ctx context.Context, id, why string) error {
	if err := l.redis.Set(ctx, l.heldKey(id), why, holdsFor).Err(); err != nil {
		return fmt.Errorf("note that the importer of import %s holds back: %w", id, err)
	}
	return nil
}

// ClearBackpressure notes that it no longer does.
func (l *Ledger) ClearBackpressure(ctx context.Context, id string) error {
	if err := l.redis.Del(ctx, l.heldKey(id)).Err(); err != nil {
		return fmt.Errorf("note that the importer of import %s goes on: %w", id, err)
	}
	return nil
}

// Backpressure gives why importers hold back, by the import that they are at.
func (l *Ledger) Backpressure(ctx context.Context, imports ...Import) (map[string]string, error) {
	held, err := l.noted(ctx, l.heldKey, imports)
	if err != nil {
		return nil, fmt.Errorf("look whose importers hold back: %w", err)
	}
	return held, nil
}

// noted reads what is noted beside imports for a short while.
func (l *Ledger) noted(ctx context.Context, key func(id string) string, imports []Import) (map[string]string, error) {
	if len(imports) == 0 {
		return nil, nil
	}
	keys := make([]string, len(imports))
	for n, i := range imports {
		keys[n] = key(i.ID)
	}
	values, err := l.redis.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	for n, v := range values {
		if text, is := v.(string); is {
			notes[imports[n].ID] = text
		}
	}
	return notes, nil
}

var (
	attendScript    = script("attend")
	enqueuedScript  = script("enqueued")
	livingScript    = script("living")
	abandonedScript = script("abandoned")
	seenScript      = script("seen")
	succeedScript   = script("succeed")
)
