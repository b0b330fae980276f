-- heartbeat: sets until when an import's importer is known to live.
-- KEYS  1 importing (sorted by when the importer's heartbeat expires), 2 import hash
-- ARGV  1 id, 2 milliseconds from now; 0: it is gone, 3 1 if it has just begun: then the file is what it was
-- The half millisecond, which no claim of orphans.lua has, is how ackorphan.lua tells a heartbeat from a claim.
redis.call('ZADD', KEYS[1], now_ms() + ARGV[2] - 0.5, ARGV[1])
if ARGV[3] == '1' then redis.call('HDEL', KEYS[2], 'successor') end
