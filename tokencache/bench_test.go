package tokencache_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/tokencache"
)

// BenchmarkTokenInMemory is the path of nearly every call: at most 200 ns and no allocation with 64 goroutines.
func BenchmarkTokenInMemory(b *testing.B) {
	c := benchCache(b)
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		ctx := context.Background()
		for pb.Next() {
			if _, err := c.Token(ctx); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func TestTokenInMemoryAllocatesNothing(t *testing.T) {
	c := benchCache(t) // not parallel: AllocsPerRun counts the whole process
	ctx := context.Background()
	if n := testing.AllocsPerRun(1000, func() { _, _ = c.Token(ctx) }); n != 0 {
		t.Fatalf("%v allocations per call, want 0", n)
	}
}

func benchCache(tb testing.TB) *tokencache.Cache {
	tb.Helper()
	idp := newIdentity(tb)
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(tb).Addr()})
	tb.Cleanup(func() { _ = rdb.Close() })
	c, err := tokencache.New(rdb, tokencache.Config{
		Account: "demo", Endpoint: tokencache.Endpoint{TokenURL: idp.URL}, Credentials: demoCredentials,
		Keys: mustKeys(tb, keyA),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	if _, err := c.Token(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkRenewal is a whole renewal against servers without latency: claim, request, commit.
func BenchmarkRenewal(b *testing.B) {
	c := benchCache(b)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for b.Loop() {
		if _, err := c.Renew(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
