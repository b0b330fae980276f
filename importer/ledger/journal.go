package ledger

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Redis that crashes or fails over may come back without its last writes: a second of them with appendfsync
// everysec, and with a failover what had not reached the replica. Rows then look as if their calls had never been
// made, and an email that goes by another way the next time would go twice. So each process keeps its last marks and
// outcomes of emails in memory, its journal, and counts in Redis how far it has come, its pulse. Another run id of
// the server, or a pulse that is behind, means that Redis may have gone back, and to where; then the process makes no
// call until it has written its journal once more from there. Repeating a write that was not lost does nothing: it is
// a move along the table, and nothing that is settled is opened.
//
// What this cannot know is what a process wrote that has died as well. A journal on its disk would; but it must be
// written through before each call, and a container that is replaced has none. WAITAOF before each call would wait
// for a second. Both cost more, for all calls, than they save in a crash of everything at once.

const (
	// PulseEvery is how often a process notes how far it has come: what it repeats is one pulse more than was lost.
	PulseEvery = time.Second

	// quiet is for how long a process makes no call once it has seen that Redis went back: the others of the fleet
	// have a pulse in that time, and write their journals too.
	quiet = 3 * PulseEvery

	// keepPulse is how long a pulse is kept: far longer than a process is frozen. One that is missing only has more
	// repeated.
	keepPulse = 24 * time.Hour

	// mostJournal is how many rows a journal has at most, about 3 MB, and at least half as many: the calls of ten
	// minutes that Qflow allows an address.
	mostJournal = 20_000

	// missingFor is how long a row is waited for that Redis no longer has: its importer places it again.
	missingFor = 5 * time.Minute
)

// Journal is what this process has written last of rows that are emailed, the oldest first.
type Journal struct {
	ledger *Ledger
	name   string // of this process

	mu      sync.Mutex
	entries []entry
	missing []entry   // to be written once their rows are there again
	pulses  int64     // how many were sent
	noted   int64     // how many are known to be in Redis
	server  string    // the run id of the server that has all of the journal; "" if it does not say, or was not asked yet
	back    time.Time // when Redis was last found to have gone back, or the journal was written once more
}

// entry is one row's write: a move, or another one.
type entry struct {
	id    string
	move  Move
	again func(context.Context) (missing bool, err error) // nil for a move
	since time.Time

	// pulse is how many were sent before Redis had the write: a later one that is there proves that it is there too.
	pulse int64
}

func newJournal(l *Ledger) *Journal { return &Journal{ledger: l, name: uuid.NewString()} }

// Add adds another write of a row, which again makes once more; it reports whether Redis does not have the row.
func (j *Journal) Add(of Owner, again func(context.Context) (missing bool, err error)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(entry{id: of.Import, move: Move{Row: of.Row}, again: again})
}

// add adds what Redis has taken. The caller has the lock.
func (j *Journal) add(e entry) {
	e.pulse, e.since = j.pulses, time.Now()
	e.move.Failed, e.move.Call = false, "" // a repeated write counts no try, and is no call
	if j.entries = append(j.entries, e); len(j.entries) > mostJournal {
		j.entries = slices.Delete(j.entries, 0, len(j.entries)-mostJournal/2)
	}
}

// begun are the marks that were set before calls.
func (j *Journal) begun(id, how string, rows []int, marks []BegunRow) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, m := range marks {
		if m.OK && how == markSent {
			j.add(entry{id: id, move: Move{Row: rows[i], To: New, Set: MaybeSent}}) // no row becomes new, so only the flag is set
		} else if m.OK && how == moveOn {
			j.add(entry{id: id, move: Move{Row: rows[i], To: Sending, KeepSettled: true}})
		}
	}
}

// moved are the outcomes that matter: what comes about once more by itself, such as a guest that is written or a row
// that is parked, is left out.
func (j *Journal) moved(id string, all []Move) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, m := range all {
		switch {
		case !m.KeepSettled:
		case m.Set|m.Clear != 0, m.To == Queued, m.To == Accepted, m.To == ParkedTried, m.To == Refused,
			m.To == Unknown, m.To == Exhausted:
			j.add(entry{id: id, move: m})
		}
	}
}

// lost returns what a server may not have that has seen so many pulses.
func (j *Journal) lost(pulse int64) []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	since := slices.IndexFunc(j.entries, func(e entry) bool { return e.pulse >= pulse })
	if since < 0 {
		since = len(j.entries)
	}
	earlier := slices.DeleteFunc(slices.Clone(j.missing), func(e entry) bool { return e.pulse >= pulse })
	return append(earlier, j.entries[since:]...)
}

// beat notes that a server has a pulse, and returns the entries that still wait for their rows.
func (j *Journal) beat(server string, number int64) (missing []entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.server, j.noted = server, max(j.noted, number)
	return j.missing
}

// Rollback is that Redis went back.
type Rollback struct {
	Certain bool // it has lost something that this process wrote; else it was restarted or replaced, and may have
	Rows    int  // that were written once more
}

// Pulse notes how far this process has come. If Redis went back since the last pulse, it writes the end of the
// journal once more and returns a Rollback; calls may go on a moment later. A process that has just begun knows
// nothing, but leaves the others that moment too.
func (j *Journal) Pulse(ctx context.Context) (*Rollback, error) {
	j.mu.Lock()
	j.pulses++
	number, noted, known := j.pulses, j.noted, j.server
	j.mu.Unlock()
	keys := []string{j.ledger.keys.pulse(j.name), j.ledger.keys.server()}
	out, err := pulseScript.Run(ctx, j.ledger.redis, keys, number, keepPulse.Milliseconds(), known, noted).Slice()
	if err != nil {
		return nil, fmt.Errorf("note the pulse of this process: %w", err)
	}
	server, before, whole := out[0].(string), out[1].(int64), out[2].(int64) == 1
	if whole {
		return nil, j.restore(ctx, j.beat(server, number))
	}
	entries := j.lost(before)
	if err := j.restore(ctx, entries); err != nil {
		return nil, err // the next pulse finds the same
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.server, j.noted, j.back = server, before, time.Now()
	return &Rollback{Certain: before < noted, Rows: len(entries)}, nil
}

// restore writes entries once more, and remembers those whose rows are not there.
func (j *Journal) restore(ctx context.Context, entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	var missing []entry
	for rest := entries; len(rest) > 0; {
		n := 1
		for n < len(rest) && n < moveWindow && rest[n].id == rest[0].id && rest[n].again == nil && rest[0].again == nil {
			n++
		}
		away, err := j.redo(ctx, rest[0].id, rest[:n])
		if err != nil {
			return err
		}
		missing, rest = append(missing, away...), rest[n:]
	}
	j.mu.Lock()
	j.missing = missing
	j.mu.Unlock()
	return nil
}

// redo writes entries of one import, and returns those whose rows Redis does not have, or has as new. These get at
// least the mark that a call was made: their importer places them again, and they are called before the next pulse.
func (j *Journal) redo(ctx context.Context, id string, entries []entry) (missing []entry, err error) {
	if again := entries[0].again; again != nil {
		missing, err := again(ctx)
		if err != nil || !missing || time.Since(entries[0].since) > missingFor {
			return nil, err
		}
		return entries, nil
	}
	moves := make([]Move, len(entries))
	for i, e := range entries {
		moves[i] = e.move
	}
	moved, err := j.ledger.moveNow(ctx, id, false, nil, moves)
	if err != nil {
		return nil, err
	}
	var marks []Move
	for i, m := range moved {
		e := entries[i]
		if m.OK || m.Before.State() != New || time.Since(e.since) > missingFor {
			continue
		}
		missing = append(missing, e)
		marks = append(marks, Move{Row: e.move.Row, To: New, Set: MaybeSent})
	}
	_, err = j.ledger.moveNow(ctx, id, false, nil, marks)
	return missing, err
}

// Recovering reports whether the processes of the fleet may still be writing once more what Redis has lost of what
// was there at a time: no call goes by what Redis said then, and none is to be marked now.
func (j *Journal) Recovering(since time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return since.Before(j.back.Add(quiet))
}

// changed reports whether a mark that was made since a time, on a server with this run id, may stand on less than
// this process has written: the server is another one. The next pulse writes the journal; until then no other row is
// marked in vain.
func (j *Journal) changed(server string, since time.Time) bool {
	j.mu.Lock()
	if j.server != "" && j.server != server {
		j.back = time.Now()
	}
	j.mu.Unlock()
	return j.Recovering(since)
}

var pulseScript = script("pulse")
