-- orphans: claims imports whose importers are gone, each for one caller. If the caller is killed, another may claim
-- it once the lease is over.
-- KEYS  1 importing (sorted by when the importer's heartbeat expires; 0 for orphans that were acknowledged)
-- ARGV  1 milliseconds of the lease, 2 how many at most
-- Result: {when the lease is over, id, ...}
local now = now_ms()
local over = now + ARGV[1]
-- When Redis' clock has gone back, a heartbeat may expire later than any is given: an importer that lives sends
-- another.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. over, '+inf', 'LIMIT', 0, ARGV[2])) do
  redis.call('ZADD', KEYS[1], over - 0.5, id)
end
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '(0', now, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], over, id) end
return {over, unpack(ids)}
