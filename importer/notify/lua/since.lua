-- since: returns the time of the first poll. What was before is not reported.
-- KEYS  1 that time, in ms
-- Result: the same
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local since = tonumber(redis.call('GET', KEYS[1]) or '')
if not since or since > now then -- Redis' clock was ahead then: nothing would be reported until that time
  since = now
  redis.call('SET', KEYS[1], string.format('%d', now))
end
return string.format('%d', since)
