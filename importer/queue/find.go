package queue

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/qflow"
)

// Found is a task as Asynq has it.
type Found struct {
	ID, Queue string
	State     string // in Asynq's words
}

// findPages is how many pages of each list Find reads at most: 20,000 tasks, a million rows. A page waits for it.
const findPages = 20

// Find looks for the task of a chunk, of whatever generation, in its lane and where chunks are parked. Nothing is
// found when it is done, on its way from one to the other, or behind 20,000 others. It takes one round trip for a
// thousand tasks, at most.
func (q *Queues) Find(ctx context.Context, lane chunk.Lane, id string, n int) (found Found, is bool, err error) {
	lists := q.lists(lane)
	for from := int64(0); from < findPages*pageOfIDs && len(lists) > 0; from += pageOfIDs {
		pipe := q.redis.Pipeline()
		pages := make([]*redis.StringSliceCmd, len(lists))
		for i, l := range lists {
			key := "asynq:{" + l.Queue + "}:" + l.State
			if l.State == "pending" || l.State == "active" {
				pages[i] = pipe.LRange(ctx, key, from, from+pageOfIDs-1)
			} else {
				pages[i] = pipe.ZRevRange(ctx, key, from, from+pageOfIDs-1)
			}
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return Found{}, false, fmt.Errorf("look for the task of chunk %d of import %s: %w", n, id, err)
		}
		var longer []Found
		for i, l := range lists {
			for _, task := range pages[i].Val() {
				if of, number, ours := parseTaskID(task); ours && of == id && number == n {
					l.ID = task
					return l, true, nil
				}
			}
			if len(pages[i].Val()) == pageOfIDs {
				longer = append(longer, l)
			}
		}
		lists = longer
	}
	return Found{}, false, nil
}

// lists are where a chunk's task can be.
func (q *Queues) lists(lane chunk.Lane) (all []Found) {
	queues := []string{lane.Queue(q.account)}
	for _, g := range qflow.Gates {
		queues = append(queues, ParkedQueue(q.account, g))
	}
	for _, state := range []string{"active", "pending", "scheduled", "retry", "archived"} {
		for _, name := range queues {
			all = append(all, Found{Queue: name, State: state})
		}
	}
	return all
}
