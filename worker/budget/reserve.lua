-- reserve: books the next free moment of a call in all its scopes at once; or slows everybody down.
-- KEYS  1 hash of the address: per scope the moment of its next free slot; 'pause', before which there is none; 'pace' at the
--         moment 'pace_at'; 'limit:<scope>' calls a minute, where somebody has changed them
--       2 hash of the account: 'tokens' of its retry budget at the moment 'at', and 'brake' once they were used up
-- ARGV  1 'book', 2 how far ahead a booking may be, 3 tokens earned since the last booking, 4 share of a limit that is used,
--         5 and 6 calls a minute in zone and send unless somebody has changed them (0 is no limit), then the call's scopes
--   or  1 'pause', 2 for how long from now
--   or  1 'fail' (a call has failed)
-- Result of 'book': {1 if booked else 0, how long to wait for the slot or before asking again, calls a minute in force in
--   zone, in send, 1 if the retry budget has just recovered}
--   of 'pause': {how long a pause had still to run}; of 'fail': {1 if the retry budget is used up by this call}
-- Times are in microseconds on this server's clock. Moments have 16 digits, so they are written with format: tostring keeps 14.
local FLOOR, SLOWER, FASTER = 0.1, 0.8, 0.1 / 60e6 -- of the full pace; after a 429, and per microsecond since
local FULL, DEBT, REFILL, RECOVERED = 100, -60, 0.5 / 1e6, 20 -- tokens, per microsecond
local key, health = KEYS[1], KEYS[2]
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]

local function number(name, default)
  return tonumber(redis.call('HGET', key, name) or default)
end

local function set(name, value)
  redis.call('HSET', key, name, value)
  redis.call('EXPIRE', key, 30 * 86400)
end

local function moment(at) return string.format('%.0f', at) end

-- pace is the share of the full rate that is used now: less after a 429, and growing again with time.
local function pace()
  local at = number('pace_at', 0)
  if at == 0 or now < at then return number('pace', 1) end
  return math.min(1, number('pace', 1) + (now - at) * FASTER)
end

-- tokens of the retry budget now; an account without a record has all of them.
local function tokens()
  local h = redis.call('HMGET', health, 'tokens', 'at')
  if not h[1] then return FULL, false end
  return math.min(FULL, tonumber(h[1]) + (now - tonumber(h[2])) * REFILL), true
end

local function keep(n)
  redis.call('HSET', health, 'tokens', string.format('%.3f', n), 'at', moment(now))
  redis.call('EXPIRE', health, 86400)
end

if ARGV[1] == 'pause' then
  local before = number('pause', 0)
  local till = math.max(before, now + ARGV[2])
  if before <= now then set('pace', string.format('%.3f', math.max(FLOOR, pace() * SLOWER))) end
  set('pause', moment(till))
  set('pace_at', moment(till))
  return {math.max(before - now, 0)}
end

if ARGV[1] == 'fail' then
  local n = math.max(DEBT, (tokens()) - 1)
  keep(n)
  if n < 1 then return {redis.call('HSETNX', health, 'brake', 1)} end
  return {0}
end

local horizon, earned, use = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local limits = {zone = number('limit:zone', ARGV[5]), send = number('limit:send', ARGV[6])}
local left, known = tokens()
local recovered = 0
if known then
  left = left + earned
  if left >= RECOVERED then recovered = redis.call('HDEL', health, 'brake') end
  if left >= FULL then redis.call('DEL', health) else keep(left) end
  if left < 1 and #ARGV > 6 then return {0, math.ceil((1 - left) / REFILL), limits.zone, limits.send, 0} end
end

local slot = math.max(now, number('pause', 0))
for i = 7, #ARGV do
  if limits[ARGV[i]] > 0 then slot = math.max(slot, number(ARGV[i], 0)) end
end
local wait = slot - now
if wait > horizon then return {0, wait - horizon, limits.zone, limits.send, recovered} end
for i = 7, #ARGV do
  local limit = limits[ARGV[i]]
  if limit > 0 then set(ARGV[i], moment(slot + 60e6 / (limit * use * pace()))) end
end
return {1, wait, limits.zone, limits.send, recovered}
