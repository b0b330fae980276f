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
	id    string // of the import
	runs  []run
	rows  int    // of all runs
	moves []Move // what move.lua is asked for, which the journal keeps once it is written; nil for begin.lua

	by       *part // it was written
	row, run int   // the first of its rows and runs among those of the part
}

// run is rows that are written alike.
type run struct {
	rows []int
	how  [3]string // the script's other arguments for it; begin.lua has two
}

// call is one call of a script, for requests about one import: of move.lua for its outcomes, of begin.lua for its
// marks, or of both of them as one script.
type call struct {
	id           string
	moves, marks part
}

// part is what a call has for one of the two scripts.
type part struct {
	runs []run
	rows int
	out  []any // the bytes before, '1' or '0' for each row, and what else the script returns
	err  error
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
		script, keys, args := l.script(c)
		replies[i] = script.EvalSha(ctx, pipe, keys, args...)
	}
	_, lost := pipe.Exec(ctx)
	for i, c := range calls {
		if redis.HasErrorPrefix(replies[i].Err(), "NOSCRIPT") { // the server was restarted, and has done nothing
			script, keys, args := l.script(c)
			replies[i] = script.Eval(ctx, l.redis, keys, args...)
		}
		c.take(replies[i], lost)
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
	if slices.ContainsFunc(all, func(r *request) bool { return r.rows > 1 }) {
		return
	}
	slices.SortStableFunc(all, func(a, b *request) int { return cmp.Compare(a.first(), b.first()) })
}

// first returns the first row; 0 for a look at the import alone.
func (r *request) first() int {
	if r.rows == 0 {
		return 0
	}
	return r.runs[0].rows[0]
}

// callsFor groups requests by import, in their order, into calls of no more rows than hold Redis up.
func callsFor(all []*request) []*call {
	var calls []*call
	open := map[string]*call{}
	for _, r := range all {
		c := open[r.id]
		if c == nil || c.moves.rows+c.marks.rows+r.rows > moveWindow {
			c = &call{id: r.id}
			open[r.id], calls = c, append(calls, c)
		}
		c.partOf(r).add(r)
	}
	return calls
}

func (c *call) partOf(r *request) *part {
	if r.moves != nil {
		return &c.moves
	}
	return &c.marks
}

// add joins runs that follow each other and are written alike.
func (p *part) add(r *request) {
	r.by, r.row, r.run = p, p.rows, len(p.runs)
	for n, next := range r.runs {
		last := len(p.runs) - 1
		if last < 0 || p.runs[last].how != next.how {
			p.runs = append(p.runs, run{slices.Clone(next.rows), next.how})
			continue
		}
		p.runs[last].rows = append(p.runs[last].rows, next.rows...)
		if n == 0 {
			r.run = last
		}
	}
	p.rows += r.rows
}

var stepScript = Script("local function move(KEYS, ARGV)\n", source("move"), "\nend\nlocal function begin(KEYS, ARGV)\n",
	source("begin"), "\nend\n", source("step"))

// script returns the script of a call, with its keys and arguments.
func (l *Ledger) script(c *call) (script *redis.Script, keys []string, args []any) {
	if c.marks.runs == nil {
		keys, args = l.moveArguments(c.id, c.moves.runs)
		return moveScript, keys, args
	}
	keys, args = l.Calls.arguments(c.id, c.marks.runs)
	if c.moves.runs == nil {
		return beginScript, keys, args
	}
	moveKeys, moveArgs := l.moveArguments(c.id, c.moves.runs)
	return stepScript, append(moveKeys, keys...), slices.Concat([]any{len(moveArgs)}, moveArgs, args)
}

// take takes what the script has returned.
func (c *call) take(reply *redis.Cmd, lost error) {
	out, err := reply.Slice()
	if err == nil && out == nil {
		err = errors.Join(errors.New("Redis has not answered"), lost)
	}
	c.moves.out, c.moves.err, c.marks.out, c.marks.err = out, err, out, err
	if err == nil && c.moves.runs != nil && c.marks.runs != nil {
		c.moves.out, c.marks.out = out[0].([]any), out[1].([]any)
	}
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
