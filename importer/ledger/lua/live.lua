-- live: lists the imports whose importers are known to live.
-- KEYS  1 importing (sorted by when the importer's heartbeat expires)
-- Result: ids
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now_ms(), '+inf')
