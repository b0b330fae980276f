-- reserve: books the next free moment of a call in all its scopes at once, or pauses everybody.
-- KEYS  1 hash: per scope the moment of its next free slot, and 'pause', before which there is none (microseconds)
-- ARGV  1 how far ahead a booking may be (microseconds), then per scope: name, microseconds between two slots
--   or  1 'pause', 2 for how long from now (microseconds)
-- Result: {1 if booked else 0, microseconds to wait: for the slot, or before asking again}; without a scope nothing is booked
--   and the wait is that for the end of a pause. For 'pause': {1, microseconds that a pause had still to run}
-- Moments have 16 digits: they are written with format, since tostring keeps 14.
local key = KEYS[1]
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]

local function moment(name)
  return tonumber(redis.call('HGET', key, name) or 0)
end

local function set(name, at)
  redis.call('HSET', key, name, string.format('%.0f', at))
  redis.call('EXPIRE', key, 7200)
end

if ARGV[1] == 'pause' then
  local before = moment('pause')
  set('pause', math.max(before, now + ARGV[2]))
  return {1, math.max(before - now, 0)}
end

local slot = math.max(now, moment('pause'))
for i = 2, #ARGV, 2 do slot = math.max(slot, moment(ARGV[i])) end
local wait, horizon = slot - now, tonumber(ARGV[1])
if wait > horizon then return {0, wait - horizon} end
for i = 2, #ARGV, 2 do set(ARGV[i], slot + ARGV[i + 1]) end
return {1, wait}
