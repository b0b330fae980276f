-- set: writes a field of an import's record, unless that has expired: it would come back without an end.
-- KEYS  1 import hash
-- ARGV  1 field, 2 value
if redis.call('HEXISTS', KEYS[1], 'rows') == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
