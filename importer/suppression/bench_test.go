package suppression_test

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
)

func redisOf(tb testing.TB) *redis.Client { return redistest.Client(tb) }

var memory = regexp.MustCompile(`used_memory:(\d+)`)

func usedMemory(tb testing.TB, client *redis.Client) int {
	tb.Helper()
	n, err := strconv.Atoi(memory.FindStringSubmatch(client.Info(tb.Context(), "memory").Val())[1])
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
