-- The record, the pause, the clock and the server's name in one round trip.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV    the fields of the record, in the order wanted
-- result  { now in ms, { field values, nil where absent }, { until in ms, class, reason }, run id of the server }
--
-- The run id changes with every start of a Redis server. '' where this user may not ask for it.
local t = redis.call('TIME')
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
return {
  t[1] * 1000 + math.floor(t[2] / 1000),
  redis.call('HMGET', KEYS[1], unpack(ARGV)),
  redis.call('HMGET', KEYS[2], 'until', 'class', 'reason'),
  run,
}
