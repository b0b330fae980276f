-- abandoned: hands out imports whose importers are gone, each to one caller. Whoever is killed with one leaves it to another,
-- once the time is over.
-- KEYS  1 importing (by when their importers' time runs out; 0 for those that were seen to)
-- ARGV  1 milliseconds that the caller has, 2 most of them
-- Result: {when that is over, id, ...}
local now = now_ms()
local over = now + ARGV[1]
-- When Redis' clock has gone back, a time may lie further ahead than anybody is given: an importer that lives shows itself again.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. over, '+inf', 'LIMIT', 0, ARGV[2])) do
  redis.call('ZADD', KEYS[1], over - 0.5, id)
end
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '(0', now, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], over, id) end
return {over, unpack(ids)}
