package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	published = 3 * pollEvery // the dashboard drops the schedules this long after the last process that runs them
	history   = 1000          // ticks per schedule that the dashboard can show, as many as Asynq itself keeps
)

// monitor shows the schedules on Asynqmon's page of schedulers, by writing what an asynq.Scheduler would write. A
// Scheduler itself would enqueue: once in every process. Its keys and messages are those of Asynq 0.26 (internal/rdb,
// internal/proto) and have been the same since 0.19; a test reads them back by asynq.Inspector and fails if they
// change.
//
// All processes write the same list under one name, so that a schedule is shown once for the fleet.
type monitor struct {
	redis   redis.UniversalClient
	account string
}

// publish writes the list of schedules.
func (r *Runner) publish(ctx context.Context, now time.Time) error {
	if len(r.schedules) == 0 {
		return nil
	}
	list, err := r.Statuses(ctx, now)
	if err != nil {
		return err
	}
	entries := make([]any, len(list))
	for i, s := range list {
		if entries[i], err = r.monitor.entry(s, r.schedules[i].spec()); err != nil {
			return err
		}
	}
	return r.monitor.write(ctx, entries)
}

func (m monitor) write(ctx context.Context, entries []any) error {
	const schedulers = "asynq:schedulers"
	key := schedulers + ":{guestflow:" + m.account + "}"
	until := redis.Z{Score: float64(time.Now().Add(published).Unix()), Member: key}
	if err := m.redis.ZAdd(ctx, schedulers, until).Err(); err != nil {
		return fmt.Errorf("write the list of schedules: %w", err)
	}
	_, err := m.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, key)
		p.RPush(ctx, key, entries...)
		p.Expire(ctx, key, published)
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the schedules: %w", err)
	}
	return nil
}

// ran adds a tick to the history that the dashboard shows of a schedule.
func (m monitor) ran(ctx context.Context, tick Tick, o Outcome) error {
	what := o.Import
	if what == "" {
		what = tick.ID()
	}
	now := time.Now()
	event := timestamp(text(nil, 1, what), 2, now) // an asynq.SchedulerEnqueueEvent
	key := "asynq:scheduler_history:" + m.id(tick.Profile)
	_, err := m.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZAdd(ctx, key, redis.Z{Score: float64(now.Unix()), Member: event})
		p.ZRemRangeByRank(ctx, key, 0, -history-1)
		p.Expire(ctx, key, keep)
		return nil
	})
	return err
}

func (m monitor) id(profile string) string { return m.account + ":" + profile }

// entry encodes an asynq.SchedulerEntry.
func (m monitor) entry(s Status, spec string) ([]byte, error) {
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var prev time.Time
	if s.Last != nil {
		prev = s.Last.Tick
	}
	var b []byte
	b = text(b, 1, m.id(s.Profile))
	b = text(b, 2, spec)
	b = text(b, 3, "import "+s.Profile)
	b = text(b, 4, string(payload))
	b = timestamp(b, 6, s.Next)
	b = timestamp(b, 7, prev)
	return b, nil
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

// timestamp appends a time. The zero time is written too: one that is left out is read as 1970.
func timestamp(b []byte, field protowire.Number, t time.Time) []byte {
	stamp, err := proto.Marshal(timestamppb.New(t))
	if err != nil {
		return b // two numbers can always be encoded
	}
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), stamp)
}
