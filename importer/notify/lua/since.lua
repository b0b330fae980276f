-- Gives the time of the first look, in milliseconds: what was over before is no news.
-- KEYS[1] that time
local t = redis.call('TIME')
redis.call('SET', KEYS[1], string.format('%d', t[1] * 1000 + math.floor(t[2] / 1000)), 'NX')
return redis.call('GET', KEYS[1])
