package poller

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/queue"
)

// script is a Redis that answers as it is told, one answer after the other.
type script struct {
	redis.UniversalClient
	answers []error
	runs    int
}

func (s *script) EvalSha(ctx context.Context, _ string, _ []string, _ ...any) *redis.Cmd {
	cmd := redis.NewCmd(ctx)
	cmd.SetErr(s.answers[min(s.runs, len(s.answers)-1)])
	s.runs++
	return cmd
}

type answered string

func (a answered) Error() string { return string(a) }
func (answered) RedisError()     {}

func TestAnAcknowledgementIsRepeatedUntilRedisHasTakenIt(t *testing.T) {
	t.Parallel()
	notFound := answered("NOT FOUND")
	for name, c := range map[string]struct {
		answers []error
		runs    int
		err     error
	}{
		"at once":                       {[]error{nil}, 1, nil},
		"after a cut":                   {[]error{io.EOF, io.EOF, nil}, 3, nil},
		"after a dial that timed out":   {[]error{context.DeadlineExceeded, nil}, 2, nil},
		"the first try had arrived":     {[]error{io.EOF, notFound}, 2, nil},
		"while Redis loads take files":  {[]error{answered("LOADING Redis is loading"), nil}, 2, nil},
		"while another master is found": {[]error{answered("READONLY You can't write"), nil}, 2, nil},
		"not after an answer":           {[]error{notFound}, 1, notFound},
		"nor after a failed script":     {[]error{answered("ERR wrong")}, 1, answered("ERR wrong")},
		"nor with a closed client":      {[]error{redis.ErrClosed}, 1, redis.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			s := &script{answers: c.answers}
			if err := (retryingClient{UniversalClient: s}).EvalSha(ctx, "", nil).Err(); !errors.Is(err, c.err) ||
				s.runs != c.runs {
				t.Fatalf("%d runs end with %v, want %d and %v", s.runs, err, c.runs, c.err)
			}
		})
	}
}

// A dequeue has no deadline. Repeated, it could take two tasks.
func TestADequeueIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := &script{answers: []error{io.EOF}}
	if err := (retryingClient{UniversalClient: s}).EvalSha(context.Background(), "", nil).Err(); !errors.Is(err,
		io.EOF) || s.runs != 1 {
		t.Fatalf("%d runs end with %v", s.runs, err)
	}
}

func TestAnAcknowledgementIsGivenUpWithTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		defer cancel()
		s := &script{answers: []error{io.EOF}}
		if err := (retryingClient{UniversalClient: s}).EvalSha(ctx, "", nil).Err(); !errors.Is(err, io.EOF) || s.runs < 2 {
			t.Fatalf("%d runs end with %v", s.runs, err)
		}
	})
}

// The handler has done take work at the moment when Redis dies. Without the wrapper the task stays active, and is run
// again when take lease is long over.
func TestAHandlerRunsOnceThoughRedisRestartsAtItsAcknowledgement(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--appendfsync", "always") // it is killed once it has handed the task out
	client := redistest.Connect(t, server)
	var runs atomic.Int32
	restarted := make(chan struct{})
	stop := make(chan struct{})
	poller := New(client, queue.New(client, "main"), slog.New(slog.DiscardHandler), stop)
	polled := poller.AddServer(map[string]int{"default": 1}, 10, false)
	defer polled.Close()
	asynqServer := asynq.NewServerFromRedisClient(polled.Client(client), asynq.Config{
		Concurrency: 1, LogLevel: asynq.FatalLevel, TaskCheckInterval: 100 * time.Millisecond,
	})
	err := asynqServer.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		if runs.Add(1) > 1 {
			return nil
		}
		server.Kill()
		go func() {
			defer close(restarted)
			<-time.After(4 * time.Second) // longer than the client itself would try
			again, err := redistest.Restart(context.Background(), server)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(again.Kill)
		}()
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer asynqServer.Shutdown()
	defer close(stop) // first, as Asynq's dequeue waits for a look
	go poller.Run(t.Context())
	if _, err := asynq.NewClientFromRedisClient(client).Enqueue(asynq.NewTask("once", nil),
		asynq.TaskID("once")); err != nil {
		t.Fatal(err)
	}
	<-restarted
	inspector := asynq.NewInspectorFromRedisClient(client)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	// a lost one has the task run again when its lease is over
	for deadline := time.Now().Add(3 * time.Minute); ; <-tick.C {
		_, err := inspector.GetTaskInfo("default", "once")
		if errors.Is(err, asynq.ErrTaskNotFound) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the acknowledgement is lost (%v)", err)
		}
	}
	if n := runs.Load(); n != 1 {
		t.Fatalf("the handler ran %d times", n)
	}
}

// A worker whose grace time is over leaves its servers behind, and its client is closed. The goroutine that listens for
// Asynq took the end of its subscription for a message, and the process died of it.
func TestAServerThatStillStopsOutlivesItsClient(t *testing.T) {
	t.Parallel()
	redisServer := redistest.Start(t)
	watch, client := redistest.Connect(t, redisServer), redis.NewClient(redisServer.Redis())
	stop := make(chan struct{})
	poller := New(client, queue.New(client, "main"), slog.New(slog.DiscardHandler), stop)
	polled := poller.AddServer(map[string]int{"default": 1}, 10, false)
	defer polled.Close()
	asynqServer := asynq.NewServerFromRedisClient(polled.Client(client), asynq.Config{
		Concurrency: 1, LogLevel: asynq.FatalLevel, TaskCheckInterval: 100 * time.Millisecond,
	})
	if err := asynqServer.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { return nil })); err != nil {
		t.Fatal(err)
	}
	defer asynqServer.Shutdown()
	defer close(stop)
	const channel = "asynq:cancel"
	testkit.Eventually(t, "it listens",
		func() bool { return watch.PubSubNumSub(t.Context(), channel).Val()[channel] == 1 })
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // for the goroutine that would die; there is nothing to wait on
	if watch.PubSubNumSub(t.Context(), channel).Val()[channel] != 1 {
		t.Error("the subscription ended with the client")
	}
}
