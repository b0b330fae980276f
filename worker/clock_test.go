package worker_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// After Redis' clock has gone back, the next probe lies further ahead than any step of the ladder.
func TestAGateIsProbedThoughTheClockOfRedisHasGoneBack(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.ladder = []time.Duration{10 * time.Minute}
	f.work()
	id := f.importFile(file(t, 20), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 20 })
	key := f.ledger.Prefix() + "gates"
	raw, err := f.redis.HGet(t.Context(), key, string(qflow.GateTrust)).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(raw, &state); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"since", "next"} {
		state[at] = state[at].(float64) + float64(time.Hour.Milliseconds())
	}
	if raw, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if err := f.redis.HSet(t.Context(), key, string(qflow.GateTrust), raw).Err(); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(id)
	f.checkBooks(20, 20)
}

// steps moves all that guestflow stores by Redis' clock as far ahead as the clock of Redis goes back, in one moment:
// times in hashes and sorted sets, in milliseconds or microseconds, and when keys expire. Asynq goes by the clocks of
// its hosts.
const steps = `
local d, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local function near(ms) return math.abs(ms - now) < 5 * 365 * 86400000 end
local function moved(text)
  return (string.gsub(text, '%d+', function(n)
    if #n == 13 and near(tonumber(n)) then return string.format('%.0f', n + d) end
    if #n == 16 and near(n / 1000) then return string.format('%.0f', n + 1000 * d) end
  end))
end
for _, key in ipairs(redis.call('KEYS', 'gf:*')) do
  local is = redis.call('TYPE', key).ok
  if is == 'hash' then
    local all = redis.call('HGETALL', key)
    for i = 1, #all, 2 do
      local to = moved(all[i + 1])
      if to ~= all[i + 1] then redis.call('HSET', key, all[i], to) end
    end
  elseif is == 'zset' then
    local all = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    for i = 1, #all, 2 do
      if near(tonumber(all[i + 1])) then redis.call('ZADD', key, all[i + 1] + d, all[i]) end
    end
  end
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key, left + d) end
end`

func (f *farm) clockGoesBack(d time.Duration) {
	f.t.Helper()
	err := f.redis.Eval(f.t.Context(), steps, nil, d.Milliseconds(), time.Now().UnixMilli()).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		f.t.Fatal(err)
	}
}

func TestWorkGoesOnHoweverTheClockOfRedisIsSet(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits = budget.Limits{API: 1800, Email: 1800}
	f.work()
	f.work()
	const before, each = 100, 20
	id, guests := f.importFile(file(t, before), settings(template)), before
	for n, step := range []time.Duration{0, time.Hour, -time.Hour, 20 * day, -20 * day, 3 * 365 * day} {
		f.clockGoesBack(step) // among the calls for earlier lists
		f.awaitDone(f.importFile(named(t, fmt.Sprintf("After%d", n), each), settings(template)))
		guests += each
	}
	f.awaitDone(id)
	f.checkBooks(guests, guests)

	f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
	parked := f.importFile(named(t, "Bea", 20), settings(template))
	f.await(parked, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 20 })
	f.clockGoesBack(time.Hour)
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	f.awaitDone(parked)
	f.checkBooks(guests+20, guests+20)
}
