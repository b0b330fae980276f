-- schedule: changes the state of one schedule. The owner of a claim is a random word; times are in milliseconds since
-- 1970, those of ticks by the callers' clocks, those of leases by Redis' own.
-- KEYS  1 schedule hash: spec, since, cursor; sound, the last tick that was settled when Redis' clock had come to it;
--         of the open claim: claim, owner, lease, started, tries, trouble (the last error);
--         of the last run: tick, by, began, ended, tried, import, text, failed
-- ARGV  1 seconds to keep the hash
--       2 'register', 3 spec, 4 now     a new or changed spec counts from now on: 1 if it is one
--   or  2 'rewind', 3 cursor, 4 since, 5 from
--                                       makes ticks count from an earlier time on, since these two lie in the
--                                       future: 1 if it did
--   or  2 'claim', 3 tick, 4 owner, 5 lease, 6 longest delay of a retry
--                                       which try of the tick this is, or 0: settled, before the spec, or another's
--   or  2 'renew', 3 owner, 4 lease     1 if the claim is still the owner's; so with the next three
--   or  2 'release', 3 owner            frees the claim as if it had not been made
--   or  2 'retry', 3 owner, 4 delay, 5 last error
--                                       frees the claim; it cannot be claimed for the delay
--   or  2 'settle', 3 owner, 4 import, 5 text, 6 failed ('1' or ''), 7 slack
--                                       moves the cursor over the tick and records how it ended
--   or  2 'skip', 3 tick, 4 slack       moves the cursor over a tick that is not claimed: 1 if it did
--       Slack is how far a clock may be ahead of Redis' before what it says is not believed.
local key, ttl, verb = KEYS[1], ARGV[1], ARGV[2]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local function number(field) return tonumber(redis.call('HGET', key, field) or '') or 0 end
local function set(...) redis.call('HSET', key, ...); redis.call('EXPIRE', key, ttl) end

local cursor, claim = number('cursor'), number('claim')
local open = claim > cursor

-- settled moves the cursor. A tick that is still to come by Redis' clock may be another clock's mistake.
local function settled(tick, slack)
  set('cursor', tick)
  if tonumber(tick) <= now + slack then redis.call('HSET', key, 'sound', tick) end
end

if verb == 'register' then
  if redis.call('HGET', key, 'spec') == ARGV[3] then return 0 end
  set('spec', ARGV[3], 'since', ARGV[4])
  return 1
end

if verb == 'skip' then
  if open or tonumber(ARGV[3]) <= cursor then return 0 end
  settled(ARGV[3], ARGV[4])
  return 1
end

if verb == 'rewind' then
  local since = number('since')
  if open or cursor ~= tonumber(ARGV[3]) or since ~= tonumber(ARGV[4]) then return 0 end
  set('cursor', ARGV[5], 'claim', ARGV[5], 'since', math.min(since, ARGV[5])) -- a claim beyond the cursor is open
  return 1
end

if verb == 'claim' then
  local tick, tries = tonumber(ARGV[3]), 1
  if open then
    if tick ~= claim then return 0 end -- an unfinished tick goes first
    if redis.call('HGET', key, 'owner') == ARGV[4] then return number('tries') end -- again: the reply was lost
    -- Redis' clock may have gone back since: no wait is longer than was meant.
    local longest = now + (redis.call('HGET', key, 'owner') == '' and ARGV[6] or ARGV[5])
    if number('lease') > longest then set('lease', longest) end
    if now < number('lease') then return 0 end
    tries = number('tries') + 1
  elseif tick <= cursor or tick <= number('since') then
    return 0
  end
  set('claim', ARGV[3], 'owner', ARGV[4], 'lease', now + ARGV[5], 'tries', tries)
  if tries == 1 then redis.call('HSET', key, 'started', now, 'trouble', '') end
  return tries
end

if verb == 'settle' and not open and redis.call('HGET', key, 'by') == ARGV[3] then return 1 end -- asked again
if not open or redis.call('HGET', key, 'owner') ~= ARGV[3] then return 0 end
if verb == 'renew' then
  set('lease', now + ARGV[4])
elseif verb == 'release' then
  set('owner', '', 'lease', 0, 'tries', number('tries') - 1)
elseif verb == 'retry' then
  set('owner', '', 'lease', now + ARGV[4], 'trouble', ARGV[5])
elseif verb == 'settle' then
  settled(claim, ARGV[7])
  set('owner', '', 'by', ARGV[3], 'tick', claim, 'began', number('started'), 'ended', now,
    'tried', number('tries'), 'import', ARGV[4], 'text', ARGV[5], 'failed', ARGV[6])
end
return 1
