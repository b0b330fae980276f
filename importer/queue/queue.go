// Package queue is an account's queues in Asynq: the lanes by which imports go, and a queue for each gate, where
// chunks wait for it.
//
// Asynq's client and inspector do what they can. Where they take several round trips for each queue, read every task,
// or have no word for what is needed, the package reads and repairs Asynq's own keys, which ties it to Asynq's layout
// of them: docs/asynq.md has what it relies on.
package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/trace"
	"guestflow/qflow"
)

// ParkedQueue is the queue where chunks wait for a gate. It is paused while the gate is closed. Parked chunks are
// pending tasks and not archived ones: the archive drops its oldest entries when it is full.
func ParkedQueue(account string, gate qflow.Gate) string {
	return "parked:" + account + ":" + string(gate)
}

// IsParked reports whether a queue is one of the parked ones.
func IsParked(queue string) bool { return strings.HasPrefix(queue, "parked:") }

// Queues are an account's queues. They are safe for concurrent use.
type Queues struct {
	account   string
	redis     redis.UniversalClient
	client    *asynq.Client
	inspector *asynq.Inspector
}

// New returns the queues of an account.
func New(client redis.UniversalClient, account string) *Queues {
	return &Queues{
		account: account, redis: client,
		client: asynq.NewClientFromRedisClient(client), inspector: asynq.NewInspectorFromRedisClient(client),
	}
}

// Enqueue puts a chunk into its lane and calls the workers. Put only puts it there: who has many calls once. A
// conflict is success, here and in Park: this generation is there already, because a reply of Redis was lost or
// another process was faster.
func (q *Queues) Enqueue(ctx context.Context, r chunk.Ref, opts ...asynq.Option) error {
	if err := q.Put(ctx, r, opts...); err != nil {
		return err
	}
	return q.Notify(ctx, r.Lane.Queue(q.account))
}

// Put puts a chunk into its lane.
func (q *Queues) Put(ctx context.Context, r chunk.Ref, opts ...asynq.Option) error {
	return q.put(ctx, r.Lane.Queue(q.account), r, opts)
}

// Park puts a chunk where it waits for a gate.
func (q *Queues) Park(ctx context.Context, gate qflow.Gate, r chunk.Ref) error {
	return q.put(ctx, ParkedQueue(q.account, gate), r, nil)
}

func (q *Queues) put(ctx context.Context, queue string, r chunk.Ref, opts []asynq.Option) error {
	task, err := r.Task(queue, trace.Headers(ctx))
	if err != nil {
		return err
	}
	_, err = q.client.EnqueueContext(ctx, task, opts...)
	if err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	if ctx.Err() != nil { // which Asynq's error has in its text alone
		err = ctx.Err()
	}
	return fmt.Errorf("enqueue the task %s: %w", r.TaskID(), err)
}

// Channel is the channel on which idle workers listen. Asynq has none and asks Redis over and over instead.
func (q *Queues) Channel() string { return "gf:{" + q.account + "}:work" }

// Notify wakes idle workers: there are tasks in some queues; without a name, in any of them.
func (q *Queues) Notify(ctx context.Context, queues ...string) error {
	if err := q.redis.Publish(ctx, q.Channel(), strings.Join(queues, " ")).Err(); err != nil {
		return fmt.Errorf("call the workers: %w", err)
	}
	return nil
}

// ParseNotification reads what Call has sent.
func ParseNotification(message string) (queues []string) { return strings.Fields(message) }

// Depth is what a queue holds.
type Depth struct {
	Pending   int
	Active    int // being processed
	Lost      int // of them, those without a lease that is good: their worker is gone
	Retry     int // coming back after a while
	Scheduled int
	Archived  int // not processed until a person has them run: guestflow archives none of its own
	Paused    bool
}

// Tasks is how many there are that are processed or will be.
func (d Depth) Tasks() int { return d.Pending + d.Active + d.Retry + d.Scheduled }

// String is the depth in Asynq's words, without zeros.
func (d Depth) String() string {
	var words []string
	for _, part := range []struct {
		n  int
		of string
	}{
		{d.Pending, "pending"}, {d.Active, "active"}, {d.Retry, "retry"}, {d.Scheduled, "scheduled"},
		{d.Archived, "archived"},
	} {
		if part.n > 0 {
			words = append(words, strconv.Itoa(part.n)+" "+part.of)
		}
	}
	if len(words) == 0 {
		words = append(words, "empty")
	}
	if d.Paused {
		words = append(words, "paused")
	}
	return strings.Join(words, ", ")
}

// Stats returns the depth of every queue of the account in one round trip. It reads Asynq's keys itself: its
// Inspector takes several round trips for a queue, and samples the memory of tasks. What is active is read before and
// after the leases, so that a task that comes or goes in between is not taken for a lost one.
func (q *Queues) Stats(ctx context.Context) (map[string]Depth, error) {
	type read struct {
		pending, before, leased, active, retry, scheduled, archived, paused *redis.IntCmd
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	pipe := q.redis.Pipeline()
	reads := map[string]read{}
	for _, name := range q.names() {
		key := "asynq:{" + name + "}:"
		reads[name] = read{
			pending:   pipe.LLen(ctx, key+"pending"),
			before:    pipe.LLen(ctx, key+"active"),
			leased:    pipe.ZCount(ctx, key+"lease", "("+now, "+inf"),
			active:    pipe.LLen(ctx, key+"active"),
			retry:     pipe.ZCard(ctx, key+"retry"),
			scheduled: pipe.ZCard(ctx, key+"scheduled"),
			archived:  pipe.ZCard(ctx, key+"archived"),
			paused:    pipe.Exists(ctx, key+"paused"),
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look at the queues: %w", err)
	}
	depths := map[string]Depth{}
	for name, r := range reads {
		depths[name] = Depth{
			Pending:   int(r.pending.Val()),
			Active:    int(r.active.Val()),
			Lost:      int(max(min(r.before.Val(), r.active.Val())-r.leased.Val(), 0)),
			Retry:     int(r.retry.Val()),
			Scheduled: int(r.scheduled.Val()),
			Archived:  int(r.archived.Val()),
			Paused:    r.paused.Val() == 1,
		}
	}
	return depths, nil
}

// Owns reports whether a queue is one of the account's.
func (q *Queues) Owns(queue string) bool { return slices.Contains(q.names(), queue) }

func (q *Queues) names() []string {
	var names []string
	for _, l := range slices.Concat(chunk.ShortLanes(), chunk.LongLanes()) {
		names = append(names, l.Queue(q.account))
	}
	return append(names, q.parked()...)
}

func (q *Queues) parked() (names []string) {
	for _, g := range qflow.Gates {
		names = append(names, ParkedQueue(q.account, g))
	}
	return names
}

// Tasks is how many chunks are in all queues together.
func (q *Queues) Tasks(ctx context.Context) (int, error) {
	depths, err := q.Stats(ctx)
	n := 0
	for _, d := range depths {
		n += d.Tasks()
	}
	return n, err
}

// Pause pauses the parked queue of a gate, unless it is.
func (q *Queues) Pause(ctx context.Context, gate qflow.Gate) error {
	return q.set(ctx, gate, true)
}

// Unpause lets the parked queue of a gate run.
func (q *Queues) Unpause(ctx context.Context, gate qflow.Gate) error {
	if err := q.set(ctx, gate, false); err != nil {
		return err
	}
	return q.Notify(ctx, ParkedQueue(q.account, gate))
}

// Paused returns the gates whose parked queues are paused.
func (q *Queues) Paused(ctx context.Context) (map[qflow.Gate]bool, error) {
	keys := map[string][]string{}
	for _, g := range qflow.Gates {
		keys[string(g)] = []string{pausedKey(ParkedQueue(q.account, g))}
	}
	exist, err := q.whichExist(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("look which parked queues are paused: %w", err)
	}
	paused := map[qflow.Gate]bool{}
	for _, g := range qflow.Gates {
		paused[g] = exist[string(g)]
	}
	return paused, nil
}

func pausedKey(queue string) string { return "asynq:{" + queue + "}:paused" }

// Unpark puts every chunk that waits for a gate back into its lane, and leaves the parked queue as it is. A kill
// half-way leaves a chunk in both, of which the second to run finds nothing to do.
func (q *Queues) Unpark(ctx context.Context, gate qflow.Gate) error {
	var waiting []chunk.Ref
	parked := listing{q.inspector.ListPendingTasks, ParkedQueue(q.account, gate)}
	_, err := parked.each(func(refs []chunk.Ref) (bool, error) { // all of them first: what is taken out moves the pages
		waiting = append(waiting, refs...)
		return ctx.Err() == nil, ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := q.Put(ctx, r.Next()); err != nil {
			return err
		}
		if err := q.inspector.DeleteTask(parked.queue, r.TaskID()); err != nil && !notWaiting(err) {
			return fmt.Errorf("take the task %s out of the queue %s: %w", r.TaskID(), parked.queue, err)
		}
	}
	return q.Notify(ctx)
}

// set asks first: Asynq calls it an error when a queue is paused already, and does not say that this was the error.
func (q *Queues) set(ctx context.Context, gate qflow.Gate, paused bool) error {
	name, change := ParkedQueue(q.account, gate), q.inspector.UnpauseQueue
	if paused {
		change = q.inspector.PauseQueue
	}
	is := func() (bool, error) {
		n, err := q.redis.Exists(ctx, pausedKey(name)).Result()
		return n == 1, err
	}
	now, err := is()
	if err == nil && now != paused {
		if err = change(name); err != nil {
			if now, again := is(); again == nil && now == paused { // another process was faster
				err = nil
			}
		}
	}
	if err != nil {
		return fmt.Errorf("pause or release the queue %s: %w", name, err)
	}
	return nil
}

// pageSize is how many tasks are listed in one round trip.
const pageSize = 50

// EachParked calls do with the chunks that wait for a gate, then with those that come back by themselves after a
// while, until it returns false.
func (q *Queues) EachParked(gate qflow.Gate, do func([]chunk.Ref) (more bool, err error)) error {
	lists := []listing{{q.inspector.ListPendingTasks, ParkedQueue(q.account, gate)}}
	for _, g := range qflow.Gates {
		if g != gate {
			lists = append(lists, listing{q.inspector.ListPendingTasks, ParkedQueue(q.account, g)})
		}
	}
	depths, err := q.Stats(context.Background()) // the Inspector takes no context either
	if err != nil {
		return err
	}
	for name, d := range depths {
		if d.Retry > 0 && !IsParked(name) {
			lists = append(lists, listing{q.inspector.ListRetryTasks, name})
		}
	}
	for _, l := range lists {
		if more, err := l.each(do); err != nil || !more {
			return err
		}
	}
	return nil
}

// RetryNow has the chunks of an import that wait in its lane come back now.
func (q *Queues) RetryNow(ctx context.Context, lane chunk.Lane, id string) error {
	var waiting []string
	l := listing{q.inspector.ListRetryTasks, lane.Queue(q.account)}
	_, err := l.each(func(refs []chunk.Ref) (bool, error) {
		for _, r := range refs {
			if r.Import == id {
				waiting = append(waiting, r.TaskID())
			}
		}
		return ctx.Err() == nil, ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, task := range waiting {
		if err := q.inspector.RunTask(l.queue, task); err != nil && !notWaiting(err) {
			return fmt.Errorf("run the task %s: %w", task, err)
		}
	}
	return q.Notify(ctx, l.queue)
}

// notWaiting reports whether a task has gone on by itself meanwhile. Asynq has no error of its own for that.
func notWaiting(err error) bool {
	return errors.Is(err, asynq.ErrTaskNotFound) || strings.Contains(err.Error(), "FAILED_PRECONDITION")
}

// listing is the tasks of one queue that are in one state.
type listing struct {
	list  func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error)
	queue string
}

func (l listing) each(do func([]chunk.Ref) (bool, error)) (more bool, err error) {
	for page := 1; ; page++ {
		tasks, err := l.list(l.queue, asynq.PageSize(pageSize), asynq.Page(page))
		if err != nil && !errors.Is(err, asynq.ErrQueueNotFound) {
			return false, fmt.Errorf("list the queue %s: %w", l.queue, err)
		}
		var refs []chunk.Ref
		for _, t := range tasks {
			if r, err := chunk.ParsePayload(t.Payload); err == nil { // not a task of ours: the handler reports it
				refs = append(refs, r)
			}
		}
		if more, err := do(refs); err != nil || !more {
			return false, err
		}
		if len(tasks) < pageSize {
			return true, nil
		}
	}
}
