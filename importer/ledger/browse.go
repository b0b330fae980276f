package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// browseWindow is how many bytes of rows are read at once for a page: a million rows are ten round trips.
const browseWindow = 100_000

// browseReasons is how many reasons are read at once.
const browseReasons = 1000

// Line is one row as a list shows it.
type Line struct {
	Row    int
	Byte   RowByte
	Reason Reason
}

// RowFilter says what rows a list is about.
type RowFilter struct {
	State  State
	Code   string // of the reason; "" is any
	Column string // of the reason, with Code
}

// Lines gives rows from a number on, at most limit, and the number to go on with; 0 if there are no more. It looks at so many
// reasons only, so that a page is quick where hardly any row matches: then there may be fewer than limit, and still a next.
func (l *Ledger) Lines(ctx context.Context, imp Import, w RowFilter, from, limit int) (lines []Line, next int, err error) {
	looked := 0
	err = l.eachIn(ctx, imp, max(from, 1), func(s State) bool { return s == w.State }, func(batch []Line) bool {
		looked += len(batch)
		for _, line := range batch {
			if w.Code != "" && (line.Reason.Code != w.Code || line.Reason.Column != w.Column) {
				continue
			}
			if len(lines) == limit {
				next = line.Row
				return false
			}
			lines = append(lines, line)
		}
		if next = batch[len(batch)-1].Row + 1; looked < mostLooked {
			next = 0
		}
		return looked < mostLooked
	})
	return lines, next, err
}

// mostLooked is how many reasons a page may read.
const mostLooked = 10_000

// Group sorts the rows that are not fine by reason, for a page. It looks at the first ten thousand of them; whole tells whether
// that is all. Summarise looks at all, in the time that it takes.
func (l *Ledger) Group(ctx context.Context, imp Import) (lines []ReasonLine, whole bool, err error) {
	var g groups
	looked := 0
	whole = true
	err = l.eachIn(ctx, imp, 1, explained, func(batch []Line) bool {
		for _, line := range batch {
			g.add(line.Byte.State(), line.Reason, line.Row)
		}
		looked += len(batch)
		whole = looked < mostLooked
		return whole
	})
	return g.list(), whole || looked == explainedOf(imp.Counts), err
}

// explained tells whether rows in this state have a reason worth a line. Rows that still move by themselves have none, unless
// they wait.
func explained(s State) bool {
	return !s.Succeeded() && (s.Class() != Open || s == Parked || s == ParkedTried)
}

func explainedOf(c Counts) int { return c.of(explained) }

// eachIn reads the rows in some states from a number on, with their reasons, until do has enough.
func (l *Ledger) eachIn(ctx context.Context, imp Import, from int, wanted func(State) bool, do func([]Line) bool) error {
	var batch []Line
	for first := from; first <= imp.Rows; first += browseWindow {
		marks, err := l.RowBytes(ctx, imp.ID, first, min(first+browseWindow-1, imp.Rows))
		if err != nil {
			return err
		}
		for i, m := range marks {
			if !wanted(m.State()) {
				continue
			}
			if batch = append(batch, Line{Row: first + i, Byte: m}); len(batch) < browseReasons {
				continue
			}
			more, err := l.explain(ctx, imp.ID, batch, do)
			if err != nil || !more {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	_, err := l.explain(ctx, imp.ID, batch, do)
	return err
}

func (l *Ledger) explain(ctx context.Context, id string, batch []Line, do func([]Line) bool) (more bool, err error) {
	rows := make([]int, len(batch))
	for i, line := range batch {
		rows[i] = line.Row
	}
	reasons, err := l.Reasons(ctx, id, rows)
	if err != nil {
		return false, err
	}
	for i := range batch {
		batch[i].Reason = reasons[i]
	}
	return do(batch), nil
}

// Moment is how an import was at some time.
type Moment struct {
	At     time.Time
	Counts Counts
}

// mostMoments bounds the history of an import; about 40 bytes each. When there are more, every other one goes: a history of
// three minutes has a moment every ten seconds, one of a week every half an hour.
const mostMoments = 400

func (l *Ledger) historyKey(id string) string { return l.importKey(id) + ":history" }

// Note keeps how an import is now, for its history.
func (l *Ledger) Note(ctx context.Context, imp Import, now time.Time) error {
	key := l.historyKey(imp.ID)
	n, err := l.redis.RPush(ctx, key, moment(imp.Counts, now)).Result()
	if err == nil && n == 1 {
		err = l.redis.Expire(ctx, key, l.retention).Err()
	}
	if err == nil && n > mostMoments {
		err = l.thin(ctx, key)
	}
	if err != nil {
		return fmt.Errorf("note how import %s is: %w", imp.ID, err)
	}
	return nil
}

// thin drops every other moment. What another process notes meanwhile may go with them.
func (l *Ledger) thin(ctx context.Context, key string) error {
	all, err := l.redis.LRange(ctx, key, 0, -1).Result()
	if err != nil {
		return err
	}
	_, err = l.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, key)
		for i := 0; i < len(all); i += 2 {
			p.RPush(ctx, key, all[i])
		}
		p.Expire(ctx, key, l.retention)
		return nil
	})
	return err
}

func moment(c Counts, at time.Time) string {
	var b strings.Builder
	fmt.Fprint(&b, at.Unix())
	for s, n := range c {
		if n > 0 {
			fmt.Fprintf(&b, " %d:%d", s, n)
		}
	}
	return b.String()
}

// History gives how an import was, the oldest moment first.
func (l *Ledger) History(ctx context.Context, id string) ([]Moment, error) {
	raw, err := l.redis.LRange(ctx, l.historyKey(id), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read the history of import %s: %w", id, err)
	}
	list := make([]Moment, 0, len(raw))
	for _, text := range raw {
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		at, _ := strconv.ParseInt(fields[0], 10, 64) // written by moment
		m := Moment{At: time.Unix(at, 0).UTC()}
		for _, f := range fields[1:] {
			s, n, _ := strings.Cut(f, ":")
			if i := number(s); i < states {
				m.Counts[i] = number(n)
			}
		}
		list = append(list, m)
	}
	return list, nil
}

// Attempt is a call that was made for a row.
type Attempt struct {
	At   time.Time
	Call string // what it came to
}

// Attempts gives the last calls for a row, the oldest first. A row that went through at once has none.
func (l *Ledger) Attempts(ctx context.Context, id string, row int) ([]Attempt, error) {
	raw, err := l.hmget(ctx, l.attemptsKey(id), []int{row})
	if err != nil {
		return nil, fmt.Errorf("read the attempts of import %s: %w", id, err)
	}
	var list []Attempt
	for line := range strings.Lines(raw[0]) {
		ms, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, Attempt{At: at(ms), Call: call})
	}
	return list, nil
}

// GuestOwner finds the row that owns a guest in the guest index.
func (l *Ledger) GuestOwner(ctx context.Context, event string, guest uuid.UUID) (Owner, bool, error) {
	g := Guest{ID: guest, Event: canonical(event)}
	record, err := l.redis.HGet(ctx, l.bucketKey(&g), string(guest[4:])).Bytes()
	if errors.Is(err, redis.Nil) {
		return Owner{}, false, nil
	}
	if err != nil {
		return Owner{}, false, fmt.Errorf("look a guest up: %w", err)
	}
	const owner = 1 + 8 // claim.lua describes a record
	if len(record) < owner+12 {
		return Owner{}, false, nil
	}
	return ownerOf(record[owner : owner+12]), true, nil
}
