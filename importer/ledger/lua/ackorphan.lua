-- ackorphan: notes that an orphan was recovered, unless an importer has come meanwhile.
-- KEYS  1 importing (sorted by when the importer's heartbeat expires)
-- ARGV  1 id, 2 when the lease on it is over
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) == tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], 0, ARGV[1])
end
