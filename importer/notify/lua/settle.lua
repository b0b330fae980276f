-- Ends a claim: the event is delivered or given up, or comes again later.
-- KEYS[1] due set of the channel, KEYS[2] its tries
-- ARGV[1] id, ARGV[2] the claim, ARGV[3] milliseconds until the next try, or -1 when there is none
-- Result: 1, or 0 if somebody else has claimed the event since, and it is for them to say when it comes again
if ARGV[3] == '-1' then
  redis.call('HDEL', KEYS[2], ARGV[1])
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or tonumber(due) ~= tonumber(ARGV[2]) then return 0 end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%d', t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[3]), ARGV[1])
return 1
