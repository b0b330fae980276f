package importer_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
)

// beforeChunks does something before the first chunk is written.
type beforeChunks struct {
	once sync.Once
	do   func()
}

func (*beforeChunks) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *beforeChunks) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if strings.Contains(fmt.Sprint(cmd.Args()...), ":chunk:") {
			h.once.Do(h.do)
		}
		return next(ctx, cmd)
	}
}

func (*beforeChunks) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// All guests are entered before the first chunk, and Redis goes back to the moment before.
func TestGuestsWhomRedisHasLostBeforeTheFirstChunkAreEnteredAgain(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	clean, client := redistest.Connect(t, server), redis.NewClient(server.Redis())
	defer client.Close()
	b := bundled(t, client, "main")
	indexed := func() []string { return clean.Keys(t.Context(), b.ledger.Prefix()+"guests:*").Val() }
	lost := 0
	client.AddHook(&beforeChunks{do: func() {
		keys := indexed()
		lost = len(keys)
		clean.Del(t.Context(), keys...)
		for _, key := range clean.Keys(t.Context(), b.ledger.Prefix()+"import:????????").Val() {
			clean.HDel(t.Context(), key, "entered")
		}
	}})
	plan := b.mustRun(t, write(t, numbered(50)), 10)
	if found := len(indexed()); lost == 0 || found != lost {
		t.Errorf("%d hashes of guests were lost, %d are there", lost, found)
	}
	imp, err := b.ledger.Import(t.Context(), plan.Import)
	if err != nil || imp.Counts[ledger.Queued] != 50 {
		t.Errorf("the rows are %v (%v)", imp.Counts, err)
	}
}
