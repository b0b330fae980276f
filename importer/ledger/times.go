package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// When a row was settled, and when it was placed, is kept in two bytes each, beside its state: two megabytes for a
// million rows, where a list of calls for each would take a hundred. So it is kept to the second while an import is
// young, and coarser later: of a row that has waited for a gate for two weeks, which quarter of an hour it was.

// Span is a time as it is kept: somewhere between both ends, which are the same where it is known to the second. The
// zero Span is for what has not happened, or happened by a version that kept no times.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// IsZero reports whether no time is known.
func (s Span) IsZero() bool { return s.From.IsZero() }

// steps are how seconds since an import's start are encoded, from code 1 on: nine hours by the second, eleven days by
// the minute, half a year by the quarter of an hour. move.lua has the same table.
var steps = []struct {
	unit  time.Duration
	codes int
}{{time.Second, 32768}, {time.Minute, 16384}, {15 * time.Minute, 16383}}

func (i Import) span(code uint16) Span {
	from, n := i.Started.Truncate(time.Second), int(code)-1
	if n < 0 {
		return Span{}
	}
	for _, s := range steps {
		if n < s.codes {
			from = from.Add(time.Duration(n) * s.unit)
			return Span{from, from.Add(s.unit - time.Second)}
		}
		n, from = n-s.codes, from.Add(time.Duration(s.codes)*s.unit)
	}
	return Span{}
}

// Times is what is kept of when things happened to a row.
type Times struct {
	Placed  Span // when its chunk was put in line, with all the chunk's rows
	Settled Span // when it was settled: by a call, or because there was nothing to call for
}

// Times reads them.
func (l *Ledger) Times(ctx context.Context, imp Import, row int) (Times, error) {
	pipe := l.redis.Pipeline()
	read := func(place int) func() Span {
		got := pipe.GetRange(ctx, l.keys.times(imp.ID), int64(2*place), int64(2*place+1))
		return func() Span {
			if len(got.Val()) < 2 {
				return Span{}
			}
			return imp.span(binary.BigEndian.Uint16([]byte(got.Val())))
		}
	}
	settled, placed := read(row-1), func() Span { return Span{} }
	if imp.Chunk > 0 {
		placed = read(imp.Rows + (row-1)/imp.Chunk)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return Times{}, fmt.Errorf("read the times of import %s: %w", imp.ID, err)
	}
	return Times{Placed: placed(), Settled: settled()}, nil
}
