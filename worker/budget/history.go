package budget

import (
	"context"
	"fmt"
	"time"
)

// HistoryMinutes is how many minutes of history there are: a day, for a chart.
const HistoryMinutes = 24 * 60

// Minute is what the whole fleet booked in one minute, and what it was allowed.
type Minute struct {
	At         time.Time `json:"at"`                   // its beginning, by Redis' clock
	Calls      int       `json:"calls"`                //
	Emails     int       `json:"sends"`                // of the calls
	APILimit   int       `json:"rate_per_minute"`      // 0 is no limit; less than the limit after a 429
	EmailLimit int       `json:"send_rate_per_minute"` // likewise

	Recorded bool `json:"-"` // there were bookings: the limits are those of that minute
}

// History returns the last minutes, at most HistoryMinutes, the oldest first; the last one still runs. A minute without
// bookings has the limits of the one before it.
func (b *Budget) History(ctx context.Context, minutes int) ([]Minute, error) {
	minutes = min(max(minutes, 1), HistoryMinutes)
	limits := b.cfg.Limits
	out, err := reserveScript.Run(ctx, b.redis, b.keys, "history", minutes, limits.API, limits.Email).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("read the history of the budget: %w", err)
	}
	first := int64(number(out[0])) - int64(minutes) + 1
	booked := map[int64]Minute{}
	for _, record := range out[3:] {
		var of int64
		var m Minute
		if _, err := fmt.Sscan(record, &of, &m.Calls, &m.Emails, &m.APILimit, &m.EmailLimit); err != nil {
			return nil, fmt.Errorf("read the history of the budget: %w", err)
		}
		m.Recorded = true
		booked[of] = m
	}
	list := make([]Minute, minutes)
	limit := Minute{APILimit: int(number(out[1])), EmailLimit: int(number(out[2]))}
	for i := range list {
		of := first + int64(i)
		m, known := booked[of]
		if !known {
			m = Minute{APILimit: limit.APILimit, EmailLimit: limit.EmailLimit}
		}
		m.At = time.Unix(of*60, 0).UTC()
		list[i], limit = m, m
	}
	return list, nil
}
