-- supersede: notes that an import's file has other content by now, which another import has. If its own importer is
-- gone, it is an orphan once more.
-- KEYS  1 import hash, 2 importing (sorted by when the importer's heartbeat expires)
-- ARGV  1 id, 2 id of the other
if redis.call('EXISTS', KEYS[1]) == 0 then return end
redis.call('HSET', KEYS[1], 'successor', ARGV[2])
local till = redis.call('ZSCORE', KEYS[2], ARGV[1])
if till and tonumber(till) <= now_ms() then redis.call('ZADD', KEYS[2], 1, ARGV[1]) end
