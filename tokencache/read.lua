-- The record, the pause and the clock in one round trip.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV    the fields of the record, in the order wanted
-- result  { now in ms, { field values, nil where absent }, { until in ms, class, reason } }
local t = redis.call('TIME')
return {
  t[1] * 1000 + math.floor(t[2] / 1000),
  redis.call('HMGET', KEYS[1], unpack(ARGV)),
  redis.call('HMGET', KEYS[2], 'until', 'class', 'reason'),
}
