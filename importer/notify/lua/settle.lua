-- settle: ends a claim. The event is delivered or dropped, or is due again later.
-- KEYS  1 due set of the channel, 2 its tries
-- ARGV  1 id, 2 token of the claim, 3 ms until the next try, or -1 if there is none
-- Result: 1; 0 if another process has claimed the event since, which then decides when it is due again
if ARGV[3] == '-1' then
  redis.call('HDEL', KEYS[2], ARGV[1])
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or tonumber(due) ~= tonumber(ARGV[2]) then return 0 end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%d', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[3]), ARGV[1])
return 1
