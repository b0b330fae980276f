package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"
)

// Marks before calls, and outcomes after them, are committed in groups: what the callers of a process want written
// while one round trip is under way goes by the next one, in one script call for each import. A caller returns when its
// rows are written, as if it were alone, and has its own error.

// request is what one caller wants written by begin.lua or move.lua, and what has come of it.
type request struct {
	script *redis.Script
	id     string // of the import
	runs   []run
	rows   int    // of all runs
	moves  []Move // what move.lua is asked for, which the journal keeps once it is written

	by       *call // it was written
	row, run int   // the first of its rows and runs among those of the call
}

// run is rows that are written alike.
type run struct {
	rows []int
	how  [3]string // the script's other arguments for it; begin.lua has two
}

// call is one call of a script, for requests about one import.
type call struct {
	*request // the first one
	runs     []run
	rows     int
	out      []any // the bytes before, '1' or '0' for each row, and what else the script returns
	err      error
}

// commit returns when the request is written.
func (l *Ledger) commit(ctx context.Context, r *request) error {
	if err := l.commits.Do(ctx, r); err != nil {
		return err // it was not, and will not be
	}
	return r.by.err
}

// writeGroup writes what has gathered, in one round trip.
func (l *Ledger) writeGroup(ctx context.Context, all []*request) {
	inOrder(all)
	calls, pipe := callsFor(all), l.redis.Pipeline()
	replies := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		keys, args := l.arguments(c)
		replies[i] = c.script.EvalSha(ctx, pipe, keys, args...)
	}
	_, lost := pipe.Exec(ctx)
	for i, c := range calls {
		if redis.HasErrorPrefix(replies[i].Err(), "NOSCRIPT") { // the server was restarted, and has done nothing
			keys, args := l.arguments(c)
			replies[i] = c.script.Eval(ctx, l.redis, keys, args...)
		}
		if c.out, c.err = replies[i].Slice(); c.err == nil && c.out == nil {
			c.err = errors.Join(errors.New("Redis has not answered"), lost)
		}
	}
	for _, r := range all {
		if r.by.err == nil {
			l.Journal.moved(r.id, r.moves)
		}
	}
}

// inOrder has requests of a row each follow each other by their rows, so that neighbours are written at once. Those
// about the same row stay in turn.
func inOrder(all []*request) {
	if slices.ContainsFunc(all, func(r *request) bool { return r.rows != 1 }) {
		return
	}
	slices.SortStableFunc(all, func(a, b *request) int { return cmp.Compare(a.runs[0].rows[0], b.runs[0].rows[0]) })
}

// callsFor groups requests by script and import, in their order, into calls of no more rows than hold Redis up.
func callsFor(all []*request) []*call {
	type kind struct {
		script *redis.Script
		id     string
	}
	var calls []*call
	open := map[kind]*call{}
	for _, r := range all {
		of := kind{r.script, r.id}
		c := open[of]
		if c == nil || c.rows+r.rows > moveWindow {
			c = &call{request: r}
			open[of], calls = c, append(calls, c)
		}
		c.add(r)
	}
	return calls
}

// add joins runs that follow each other and are written alike.
func (c *call) add(r *request) {
	r.by, r.row, r.run = c, c.rows, len(c.runs)
	for n, next := range r.runs {
		last := len(c.runs) - 1
		if last < 0 || c.runs[last].how != next.how {
			c.runs = append(c.runs, run{slices.Clone(next.rows), next.how})
			continue
		}
		c.runs[last].rows = append(c.runs[last].rows, next.rows...)
		if n == 0 {
			r.run = last
		}
	}
	c.rows += r.rows
}

// arguments returns the keys and arguments of a call.
func (l *Ledger) arguments(c *call) (keys []string, args []any) {
	if c.script == beginScript {
		return l.Calls.arguments(c.id, c.runs)
	}
	return l.moveArguments(c.id, c.runs)
}

// part returns the request's part of a text with a character for each row; "" where the import has expired.
func (r *request) part(n int) string {
	text := r.text(n)
	if len(text) < r.row+r.rows {
		return ""
	}
	return text[r.row : r.row+r.rows]
}

// text returns one of the texts that the script has returned.
func (r *request) text(n int) string {
	text, _ := r.by.out[n].(string)
	return text
}
