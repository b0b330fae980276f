-- enqueued: notes that an import's first chunks are enqueued for certain. Of several who note, the furthest counts.
-- KEYS  1 import hash
-- ARGV  1 chunks
local before = redis.call('HGET', KEYS[1], 'enqueued')
if before and tonumber(before) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'enqueued', ARGV[1]) end
