package queue

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"guestflow/importer/chunk"
)

// pageOfIDs is how many task ids are read in one round trip, about 20 bytes each.
const pageOfIDs = 1000

// RemoveQueued removes from a list, by import, the chunks that have a task in one of some lanes or in a parked queue,
// in whatever state. It reads Asynq's keys itself: the Inspector would read every task. A task that moves on
// meanwhile may be missed, so ask twice before acting on what is left.
func (q *Queues) RemoveQueued(ctx context.Context, lanes map[chunk.Lane]bool, list map[string]map[int]bool) error {
	var names []string
	for l := range lanes {
		names = append(names, l.Queue(q.account))
	}
	for _, name := range append(names, q.parked()...) { // lanes before parked queues, which is where tasks go from them
		key := "asynq:{" + name + "}:"
		// A task that rests goes round, from active to retry and back, so what was active may have gone behind us:
		// retry and pending are read once more. To be missed all the same it has to run twice while one look is made.
		for _, state := range []string{"scheduled", "retry", "archived", "pending", "active", "retry", "pending"} {
			if err := q.removeFrom(ctx, key+state, state == "pending" || state == "active", list); err != nil {
				return fmt.Errorf("look through the queue %s: %w", name, err)
			}
		}
	}
	return nil
}

// removeFrom goes through one of Asynq's lists from the end that tasks come in at, or its sorted sets from the latest:
// what leaves meanwhile leaves at the other end, and moves nothing past us.
func (q *Queues) removeFrom(ctx context.Context, key string, isList bool, list map[string]map[int]bool) error {
	read := q.redis.ZRevRange
	if isList {
		read = q.redis.LRange
	}
	for from := int64(0); ; from += pageOfIDs {
		ids, err := read(ctx, key, from, from+pageOfIDs-1).Result()
		if err != nil {
			return err
		}
		for _, id := range ids {
			if of, n, is := parseTaskID(id); is {
				delete(list[of], n)
			}
		}
		if len(ids) < pageOfIDs {
			return nil
		}
	}
}

// parseTaskID reads what TaskID has written, but for the generation.
func parseTaskID(id string) (of string, n int, is bool) {
	of, rest, _ := strings.Cut(id, ":")
	number, _, is := strings.Cut(rest, ":")
	n, err := strconv.Atoi(number)
	return of, n, is && err == nil
}
