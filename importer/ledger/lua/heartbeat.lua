-- heartbeat: sets until when an import's importer is known to live.
-- KEYS  1 importing (sorted by when the importer's heartbeat expires), 2 import hash
-- ARGV  1 id, 2 milliseconds from now; 0: it is gone, 3 1 if it has just begun: then the file is what it was
redis.call('ZADD', KEYS[1], now_ms() + ARGV[2] - 0.5, ARGV[1]) -- half a millisecond, which no lease of orphans.lua has: ackorphan.lua tells them apart
if ARGV[3] == '1' then redis.call('HDEL', KEYS[2], 'successor') end
