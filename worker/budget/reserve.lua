-- reserve: books the next free moment of a call in all its scopes at once; or slows the fleet down, or shows that.
-- KEYS  1 hash of the address: per scope the moment of its last slot; 'pause', the end of a pause, and 'pace' at that
--         moment; 'limit:<scope>', calls a minute, where an operator has changed them; 'minute', the record of the
--         minute of the last slot; 'free:<scopes>', the moments of slots that were given back
--       2 hash of the retry budgets: per account 'tokens moment open', where they are not full; open is 1 while its
--         circuit is open, so that calls trickle
--       3 hash of the minutes before: per minute of the day, a record 'minute zone send zonelimit sendlimit': its
--         number since 1970, slots booked in it, and what was allowed at the last of them, which is less than the limit after
--         a pause
-- ARGV  1 'book', 2 account, 3 successes since its last booking, 4 how far ahead a booking may be, 5 share of a limit
--         that is used, 6 and 7 calls a minute in zone and send unless an operator has changed them (0 is no limit), 8
--         calls that were made without a booking, then the call's scopes
--   or  1 'count', 2 to 8 and scopes as above, to book nothing
--   or  1 'return', 2 moment of a slot that no call was made for, then its scopes
--   or  1 'fail', 2 account
--   or  1 'pause', 2 for how long from now
--   or  1 'show'
--   or  1 'history', 2 of how many minutes, 3 and 4 calls a minute in zone and send unless an operator has changed them
-- Result of
--   'book': {1 if booked else 0, how long to wait for the slot or before asking again, calls a minute in zone, change,
--     how far the clock has gone back if this call has found that, moment of the slot, 1 if nothing limits such calls
--     now}; without scopes: {1, how long a pause has still to run, ...}, with nothing booked
--   'count': the same, with no slot
--   'fail': {change}; a change is 1 if the account's circuit is open from now on, 2 if it is closed
--   'pause': {how long a pause had still to run, how far the clock has gone back if this call has found that}
--   'return': {how many slots of its kind others can have}
--   'show', as text: {now, how long a pause has to run, pace, limit of zone or '', of send or '', then account, tokens,
--     open of each}
--   'history': {number of the running minute, zone and send allowed now, then the records of minutes with slots}
-- Times are in microseconds on this server's clock. Moments have 16 digits, so they are written with format: tostring
-- keeps 14.

-- Pace, the share of the full rate: never less than a tenth; a fifth less after a 429; a tenth more with each minute
-- since.
local SLOWEST, SLOWER, FASTER = 0.1, 0.8, 0.1 / 60e6
-- The retry budget: a failure takes a token, a success earns a fifth, two seconds earn one. Once they are used up, the
-- circuit opens: a booking takes the token, and a success gives back two, until there is room for a few failures again.
local FULL, EARNS, REFILL, TRIED, ROOM = 100, 0.2, 0.5 / 1e6, 2, 20
local KEEP = 30 * 86400 -- seconds that a fleet may do nothing and still find its pace
local DAY = 1440 -- minutes that are kept
local HORIZON = 0.5e6 -- how far ahead a process books
local STEP = 1e6 -- a clock that goes back by less holds nothing up for long
-- A slot that was given back may be used until so long after its moment. Its call may then be late by this and by what
-- Wait allows, together less than two thirds of what is left free of a limit.
local STALE = 0.25e6
local MOST = 64 -- slots given back that are kept: more than are booked ahead at any limit of Qflow's

local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local function moment(at) return string.format('%.0f', at) end

local stored = redis.call('HMGET', KEYS[1], 'pause', 'pace', 'limit:zone', 'limit:send', 'zone', 'send', 'minute',
  'free:' .. table.concat(ARGV, ',', 9))
local pause = tonumber(stored[1] or 0)
local last = {zone = tonumber(stored[5] or 0), send = tonumber(stored[6] or 0)}

-- A clock goes back when it is corrected, and when a replica takes over whose host is behind. The last slot then lies
-- further ahead than any process books, and no call would be made until the clock has caught up. So all moments go back
-- by as much: what was over stays over, and a pause lasts no longer than it was meant to.
local back = math.max(last.zone, last.send) - now - HORIZON
if back > STEP then
  pause = math.max(0, pause - back)
  for scope, at in pairs(last) do last[scope] = math.max(0, at - back) end
else
  back = 0
end

local pace = math.min(1, (stored[2] or 1) + math.max(0, now - pause) * FASTER)

local function keep(...)
  redis.call('HSET', KEYS[1], ...)
  if not stored[3] and not stored[4] then redis.call('EXPIRE', KEYS[1], KEEP) end
end

-- keep_back writes down what has gone back with the clock: no later call finds it again, so the caller alone reports
-- it.
local function keep_back()
  if back > 0 then keep('pause', moment(pause), 'zone', moment(last.zone), 'send', moment(last.send)) end
end

-- tokens of a record, and whether its circuit is open
local function health(record)
  if not record then return FULL, false end
  local tokens, at, open = string.match(record, '(%S+) (%S+) (%S+)')
  return math.min(FULL, tokens + math.max(0, now - at) * REFILL), open == '1'
end

local function save(tokens, open)
  if tokens >= FULL and not open then
    redis.call('HDEL', KEYS[2], ARGV[2])
  else
    redis.call('HSET', KEYS[2], ARGV[2], string.format('%.4f %.0f %d', tokens, now, open and 1 or 0))
    redis.call('EXPIRE', KEYS[2], KEEP)
  end
end

local minute = math.floor(now / 60e6)
local function allowed(limit) return math.floor(limit * pace) end

-- count gives the running minute's record with so many more slots, and whether they are its first. It stands in the hash
-- that a booking writes anyway; only when the minute is over does it cost a command of its own.
local function count(limits, calls)
  local n = {zone = 0, send = 0}
  local of, zone, send = string.match(stored[7] or '', '(%d+) (%d+) (%d+)')
  local first = tonumber(of) ~= minute
  if not first then
    n.zone, n.send = zone, send
  elseif of then
    redis.call('HSET', KEYS[3], of % DAY, stored[7])
    redis.call('EXPIRE', KEYS[3], 2 * DAY * 60)
  end
  for i = 9, #ARGV do n[ARGV[i]] = n[ARGV[i]] + calls end
  return table.concat({minute, n.zone, n.send, allowed(limits.zone), allowed(limits.send)}, ' '), first
end

if ARGV[1] == 'history' then
  local shown = {tostring(minute), tostring(allowed(stored[3] or ARGV[3])), tostring(allowed(stored[4] or ARGV[4]))}
  local fields = {}
  for of = minute - ARGV[2] + 1, minute do table.insert(fields, of % DAY) end
  for _, record in ipairs(redis.call('HMGET', KEYS[3], unpack(fields))) do
    if record then table.insert(shown, record) end
  end
  if stored[7] then table.insert(shown, stored[7]) end
  return shown
end

if ARGV[1] == 'show' then
  local left = moment(math.max(pause - now, 0))
  local shown = {moment(now), left, string.format('%.3f', pace), stored[3] or '', stored[4] or ''}
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    local tokens, open = health(all[i + 1])
    table.insert(shown, all[i])
    table.insert(shown, string.format('%.1f', tokens))
    table.insert(shown, open and '1' or '0')
  end
  return shown
end

if ARGV[1] == 'pause' then
  keep_back()
  if pause <= now then pace = math.max(SLOWEST, pace * SLOWER) end -- 429s of one pause count once
  keep('pause', moment(math.max(pause, now + ARGV[2])), 'pace', string.format('%.4f', pace))
  return {math.max(pause - now, 0), back}
end

-- usable gives those of the slots given back that a call can still have, the latest first. Each is there once, though a
-- client whose answer was lost gives a slot back again.
local function usable(free)
  local list, there = {}, {}
  for at in string.gmatch(free, '%d+') do
    local n = tonumber(at)
    if n >= math.max(now - STALE, pause) and n <= now + HORIZON and not there[at] then
      there[at] = true
      table.insert(list, n)
    end
  end
  table.sort(list, function(a, b) return a > b end)
  return list
end

local function written(slots)
  for i, at in ipairs(slots) do slots[i] = moment(at) end
  return table.concat(slots, ' ')
end

if ARGV[1] == 'return' then
  local kind = 'free:' .. table.concat(ARGV, ',', 3)
  local free = usable((redis.call('HGET', KEYS[1], kind) or '') .. ' ' .. ARGV[2])
  if #free <= MOST then keep(kind, written(free)) end
  return {#free}
end

local record = redis.call('HGET', KEYS[2], ARGV[2])
local tokens, open = health(record)

if ARGV[1] == 'fail' then
  if open then return {0} end -- its booking has paid
  tokens = tokens - 1
  open = tokens < 1
  save(tokens, open)
  return {open and 1 or 0}
end

local horizon, use = tonumber(ARGV[4]), tonumber(ARGV[5])
local limits = {zone = tonumber(stored[3] or ARGV[6]), send = tonumber(stored[4] or ARGV[7])}
keep_back()
if #ARGV == 8 then return {1, math.max(pause - now, 0), limits.zone, 0, back, 0, 0} end

local change = 0
if record then
  tokens = math.min(FULL, tokens + ARGV[3] * (open and TRIED or EARNS))
  if open and tokens >= ROOM then open, change = false, 2 end
end
local slot, nothing_limits = math.max(now, pause), pause <= now and not record
for i = 9, #ARGV do
  local limit = limits[ARGV[i]]
  nothing_limits = nothing_limits and limit == 0
  if limit > 0 then slot = math.max(slot, last[ARGV[i]] + 60e6 / (limit * use * pace)) end
end

nothing_limits = nothing_limits and 1 or 0

local made = tonumber(ARGV[8])
if ARGV[1] == 'count' then
  if record then save(tokens, open) end
  keep('minute', (count(limits, made)))
  return {0, 0, limits.zone, change, back, 0, nothing_limits}
end

local free = usable(stored[8] or '')
local spare = table.remove(free)
local wait = math.max(math.ceil((spare or slot) - now), 0)
local booked = wait <= horizon
if not booked then wait = wait - horizon end
if open and tokens < 1 then
  booked, wait = false, math.max(math.ceil((1 - tokens) / REFILL), booked and 0 or wait)
end
if record then save((open and booked) and tokens - 1 or tokens, open) end
if not booked then return {0, wait, limits.zone, change, back, 0, 0} end

if spare then -- it was counted when it was booked first
  redis.call('HSET', KEYS[1], 'free:' .. table.concat(ARGV, ',', 9), written(free))
  return {1, wait, limits.zone, change, back, spare, nothing_limits}
end
local counted, first = count(limits, 1)
local slots = {'minute', counted}
for i = 9, #ARGV do
  table.insert(slots, ARGV[i])
  table.insert(slots, moment(now + wait))
end
-- To put the expiry off once a minute will do.
if first then keep(unpack(slots)) else redis.call('HSET', KEYS[1], unpack(slots)) end
return {1, wait, limits.zone, change, back, now + wait, nothing_limits}
