-- The record, the pause, the clock and the server's name in one round trip.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV    the fields of the record, in the order wanted
-- result  { now in ms, { field values, nil where absent }, { until in ms, class, reason }, run id of the server }
--
-- The run id changes with every start of a Redis server. '' where this user may not ask for it.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
-- When Redis' clock has gone back, a pause begins anew: none is longer than was meant. One without a beginning is of an
-- earlier version, which paused for an hour at most.
local pause = redis.call('HMGET', KEYS[2], 'until', 'from')
local till, from = tonumber(pause[1] or '') or 0, tonumber(pause[2] or '') or 0
if till > now and (from > now or from == 0 and till - now > 3600000) then
  local length = from > 0 and till - from or 3600000
  redis.call('HSET', KEYS[2], 'until', string.format('%.0f', now + length), 'from', string.format('%.0f', now))
end
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
return {
  now,
  redis.call('HMGET', KEYS[1], unpack(ARGV)),
  redis.call('HMGET', KEYS[2], 'until', 'class', 'reason'),
  run,
}
