-- orphans: has a queue give back what Asynq would hold for ever, or for as long as some clock was wrong.
-- KEYS  1 active list, 2 leases (task id, sorted by when its lease ends), 3 retry, 4 scheduled (by when it is to come
--       back)
-- ARGV  1 prefix of the queue's task keys, 2 now in seconds by the clock of who asks, 3 seconds that a lease lasts at
--       most, 4 seconds that a task is away at most
-- Asynq takes back a task whose lease is over, and never looks at one that has none (its issues 1051 and 1144). Such
-- a task gets a lease that ends now: a worker that has it after all renews the lease within seconds, and Asynq waits
-- half a minute for that. So does one whose lease was written by a host with a clock ahead. What such a host has sent
-- away comes back now. A clock of who asks that is behind does no harm: the later of its time and Redis' counts.
-- Of a task whose content is gone there is nothing to take back. Its id is taken off, so that its chunk is seen to
-- have no task.
-- Result: {tasks that got a lease, ids that were taken off, tasks that come back now}
local active, leases, prefix, now = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local latest = math.max(now, tonumber(redis.call('TIME')[1]))
local leased, dropped, early = 0, 0, 0
for _, id in ipairs(redis.call('LRANGE', active, 0, -1)) do
  local ends = redis.call('ZSCORE', leases, id)
  if redis.call('HEXISTS', prefix .. id, 'msg') == 0 then
    redis.call('LREM', active, 0, id)
    redis.call('ZREM', leases, id)
    redis.call('DEL', prefix .. id)
    dropped = dropped + 1
  elseif not ends or tonumber(ends) > latest + ARGV[3] then
    redis.call('ZADD', leases, now, id)
    leased = leased + 1
  end
end
for i = 3, 4 do
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], '(' .. latest + ARGV[4], '+inf')) do
    redis.call('ZADD', KEYS[i], now, id)
    early = early + 1
  end
end
return {leased, dropped, early}
