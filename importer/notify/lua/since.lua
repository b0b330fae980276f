-- Gives the time of the first look, in milliseconds: what was over before is no news.
-- KEYS[1] that time
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local since = tonumber(redis.call('GET', KEYS[1]) or '')
if not since or since > now then -- Redis' clock was ahead then: there would be no news until that time
  since = now
  redis.call('SET', KEYS[1], string.format('%d', now))
end
return string.format('%d', since)
