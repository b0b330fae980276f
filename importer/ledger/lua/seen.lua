-- seen: notes that an abandoned import was seen to, unless an importer has come meanwhile.
-- KEYS  1 importing (by when their importers' time runs out)
-- ARGV  1 id, 2 when the time of whoever saw to it is over
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) == tonumber(ARGV[2]) then redis.call('ZADD', KEYS[1], 0, ARGV[1]) end
