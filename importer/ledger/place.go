package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// place is where an import stands among those of its account, by when what it says of guests was said: of two that have
// a guest, the one with the later place decides. claim.lua compares them likewise.
type place struct {
	order int     // a count of the imports that were begun; 0 of a version that did not count
	word  float64 // milliseconds; decides where the order is the same
}

func (p place) before(other place) bool {
	return p.order < other.order || p.order == other.order && p.word < other.word
}

func parsePlace(f map[string]string) place {
	p := place{order: number(f["order"])}
	var err error
	if p.word, err = strconv.ParseFloat(f["word"], 64); err != nil {
		p.word = float64(number(f["started"]))
	}
	return p
}

// LaterThan reports whether what an import says of guests was said later than what another one says.
func (i Import) LaterThan(other Import) bool { return other.place.before(i.place) }

// maxPlaced is among how many imports, the first that were begun since its list came, the place of one is looked for.
const maxPlaced = 10_000

// placeOf returns the fields by which an import whose list came at a time (Import.Given) has its place before those
// whose lists came later: of two lists the later one counts, whichever waited for approval or its time. They stand
// behind the others and replace what create.lua has written.
func (l *Ledger) placeOf(ctx context.Context, i Import) ([]any, error) {
	if i.Given.IsZero() || i.Resends != nil {
		return nil, nil
	}
	since := strconv.FormatInt(i.Given.UnixMilli(), 10)
	ids, err := l.redis.ZRangeByScore(ctx, l.keys.imports(), &redis.ZRangeBy{Min: since, Max: "+inf", Count: maxPlaced}).Result()
	if err != nil {
		return nil, fmt.Errorf("look for later imports: %w", err)
	}
	later, err := l.records(ctx, ids)
	if err != nil {
		return nil, err
	}
	given, first := millis(i.Given), place{}
	for _, o := range later {
		came := o.Given
		if came.IsZero() {
			came = o.Started
		}
		if o.ID == i.ID || o.Resends != nil || !came.After(i.Given) {
			continue
		}
		if first == (place{}) || o.place.before(first) {
			first = o.place
		}
	}
	fields := []any{"given", given}
	if first != (place{}) {
		fields = append(fields, "order", first.order, "word", given)
	}
	return fields, nil
}

// millis is a time in milliseconds, to the microsecond.
func millis(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMicro())/1000, 'f', 3, 64)
}

// atMillis is the time that millis has written, or the zero time.
func atMillis(s string) time.Time {
	ms, err := strconv.ParseFloat(s, 64)
	if err != nil || ms == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(ms*1000 + 0.5)).UTC()
}

// Awaited reports whether rows of later imports may wait for rows of this one, of which some are still to be sent, and
// have their guests otherwise once these are. Or they wait beside rows of this one for those of an import before both:
// then this import is named by none of them, and theirs come last all the same.
func (l *Ledger) Awaited(ctx context.Context, i Import) (bool, error) {
	if i.Done() || !i.awaited && len(i.waitsFor) == 0 {
		return false, nil
	}
	running, err := l.Running(ctx)
	for _, other := range running {
		if other.SHA256 != i.SHA256 && other.LaterThan(i) && (i.awaited || i.waitsBeside(other)) {
			return true, nil
		}
	}
	return false, err
}

// waitsBeside reports whether rows of both imports wait for rows of a third one.
func (i Import) waitsBeside(other Import) bool {
	return slices.ContainsFunc(i.waitsFor, func(id string) bool { return slices.Contains(other.waitsFor, id) })
}
