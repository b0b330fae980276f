-- delays: caps how far in the future tasks and leases are.
-- KEYS  1 and 2 tasks that come back, sorted by when in seconds, 3 leases, sorted by when they end
-- ARGV  1 longest time that a task is put off, 2 longest lease, in seconds
-- Asynq goes by its hosts' clocks. One that is ahead puts tasks off until its clock's time; once it is gone, or right
-- again, they would wait for an hour, or for years. So does a lease of a worker that was killed.
-- Result: {tasks that come earlier, leases that end earlier}
local now = tonumber(redis.call('TIME')[1])
local function nearer(key, longest)
  local ids = redis.call('ZRANGEBYSCORE', key, '(' .. now + longest, '+inf', 'LIMIT', 0, 1000) -- the others next time
  for _, id in ipairs(ids) do redis.call('ZADD', key, now + longest, id) end
  return #ids
end
return {nearer(KEYS[1], ARGV[1]) + nearer(KEYS[2], ARGV[1]), nearer(KEYS[3], ARGV[2])}
