-- orphans: has Asynq take back what it holds as active in a queue, and would hold for ever.
-- KEYS  1 active list, 2 leases (task id, sorted by when its lease ends)
-- ARGV  1 prefix of the queue's task keys, 2 now in seconds
-- Asynq takes back a task whose lease is over, and never looks at one that has none (its issues 1051 and 1144). Such a task gets a
-- lease that ends now: a worker that has it after all renews the lease within seconds, and Asynq waits half a minute for that.
-- Of a task whose content is gone there is nothing to take back. Its id is taken off, so that its chunk is seen to have no task.
-- Result: {tasks that got a lease, ids that were taken off}
local active, leases, prefix, now = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local leased, dropped = 0, 0
for _, id in ipairs(redis.call('LRANGE', active, 0, -1)) do
  if redis.call('HEXISTS', prefix .. id, 'msg') == 0 then
    redis.call('LREM', active, 0, id)
    redis.call('ZREM', leases, id)
    redis.call('DEL', prefix .. id)
    dropped = dropped + 1
  else
    leased = leased + redis.call('ZADD', leases, 'NX', now, id)
  end
end
return {leased, dropped}
