-- living: lists the imports whose importers are known to live.
-- KEYS  1 importing (by when their importers' time runs out)
-- Result: ids
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now_ms(), '+inf')
