package importer

import (
	"testing"

	"guestflow/deploy/redisserver/redistest"
)

// A managed Redis may forbid INFO, and one without a limit is never full.
func TestARedisThatDoesNotTellItsMemoryHoldsNothingBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	told := 0
	ask := func(m *memory) int {
		n, err := m.percent(t.Context(), func(error) { told++ })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	client := redistest.Connect(t, server)
	m := &memory{client: client}
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
	if n := ask(m); n < fullFrom {
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
