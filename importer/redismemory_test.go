package importer

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
)

// A managed Redis may forbid INFO, and one without a limit is never full.
func TestARedisThatDoesNotTellItsMemoryHoldsNothingBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	told := 0
	ask := func(m *memoryGauge) int {
		n, err := m.percent(t.Context(), func(error) { told++ })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	client := redistest.Connect(t, server)
	m := &memoryGauge{client: client}
	if n := ask(m); n != 0 || told != 0 {
		t.Errorf("%d %% of no limit, told %d times", n, told)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "1gb").Err(); err != nil {
		t.Fatal(err)
	}
	if n := ask(m); n > 5 {
		t.Errorf("an empty one is %d %% full", n)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "500kb").Err(); err != nil {
		t.Fatal(err)
	}
	if n := ask(m); n < fullPercent {
		t.Errorf("a full one is %d %% full", n)
	}
	if err := client.Do(t.Context(), "ACL", "SETUSER", "default", "-info").Err(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if n := ask(m); n != 0 || told != 1 {
			t.Errorf("%d %%, told %d times", n, told)
		}
	}
	server.Kill()
	if _, err := m.percent(t.Context(), func(error) { told++ }); err == nil || told != 1 {
		t.Errorf("a Redis that is away: %v", err)
	}
}

func TestAClusterIsAsFullAsItsFullestNode(t *testing.T) {
	t.Parallel()
	c := redistest.Cluster(t, 3, 0)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{c.Nodes[0].Redis().Addr}})
	t.Cleanup(func() { _ = client.Close() })
	for i, most := range []string{"1gb", "500kb", "0"} {
		if err := redistest.Connect(t, c.Nodes[i]).ConfigSet(t.Context(), "maxmemory", most).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 { // whichever node is asked first
		if m, err := ReadRedisMemory(t.Context(), client); err != nil || m.Percent() < fullPercent || m.Max != 500<<10 {
			t.Fatalf("%d %% of %d, %v", m.Percent(), m.Max, err)
		}
	}
}
