-- gate: changes the gates of an account.
-- KEYS  1 gates hash. A field is a closed gate: its kind, or '<kind>@<event>' or '<kind>@<event>/<template>' for a part
--         of the account, to JSON {since, next, probes, code, import, said, own, held, answer}, times in milliseconds.
--         held: its queue is paused; own: a success has shown that the account is not to blame.
--         'epoch' counts closings of the gates behind which a guest may exist without its email; see the ledger's begin.
--         'mixed:<kind>' is there when chunks that wait for nothing may stand in the gate's paused queue.
--         'released:<kind>' is when the fleet last unpaused the gate's queue.
--         'opened:<kind>' is when a gate opened whose probes cost something, and how many it had taken:
--         '<when> <probes>'.
-- ARGV  1 'close', 2 name, 3 JSON {code, import, said}, 4.. milliseconds to the first, second, ... probe: a part, or
--         the whole gate if another event has a part that no success stands against
--   or  1 'open', 2 kind: all of it
--   or  1 'open_proven', 2 name that a probe has opened, 3.. names of the parts that its call was for
--   or  1 'probe_now', 2 kind: makes the next probes due, and drops the answers to the last ones
--   or  1 'queue_paused', 2 kind: notes that its queue is paused
--   or  1 'queue_unpaused', 2 kind: its queue was paused and runs, so that the next probes are due if it was not the
--         fleet that did it
--   or  1 'begin_release', 2 kind: the fleet is about to unpause its queue, unless the gate is closed
--   or  1 'mark_mixed', 2 kind
--   or  1 'clear_mixed', 2 kind, 3 what 'mixed' was
--   or  1 'claim_probe', 2 name, 3 probes already counted, 4 milliseconds for which the probe is the caller's
--   or  1 'record_probe', 2 name, 3 milliseconds to the next probe, 4 '1' to count this one, 5 what the answer was
-- Result: 1 if this call did it, 2 if it closed the whole gate because of a part, else 0
local key, verb, name = KEYS[1], ARGV[1], ARGV[2]
local kind = string.match(name, '^[^@]+')
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local function read(field)
  local raw = redis.call('HGET', key, field)
  return raw and cjson.decode(raw)
end
local function write(field, state) redis.call('HSET', key, field, cjson.encode(state)) end

-- the closed gates of a kind, whole or parts
local function fields(of)
  local list = {}
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if field == of or string.sub(field, 1, #of + 1) == of .. '@' then list[#list + 1] = field end
  end
  return list
end
local function event(field) return string.match(field, '@([^/]+)') end

-- changes all of a kind by a function that reports whether it did anything
local function each(change)
  local done = 0
  for _, field in ipairs(fields(kind)) do
    local state = read(field)
    if change(state) then
      done = 1
      write(field, state)
    end
  end
  return done
end

-- A probe of the send gate may cost a row. If the gate closes again right after it was opened, it goes on where it was.
local function opens()
  local state = kind == 'send' and read(kind)
  if state then redis.call('HSET', key, 'opened:send', now .. ' ' .. state.probes + 1) end
end
local function resumed()
  local at, probes = string.match(kind == 'send' and redis.call('HGET', key, 'opened:send') or '', '(%d+) (%d+)')
  return at and math.abs(now - at) < 30000 and tonumber(probes) or 0
end

if verb == 'close' then
  if read(kind) or read(name) then return 0 end
  local state = cjson.decode(ARGV[3])
  state.probes = resumed()
  state.since, state.next = now, now + ARGV[math.min(4 + state.probes, #ARGV)]
  if name ~= kind then
    local wide = false
    for _, field in ipairs(fields(kind)) do
      wide = wide or event(field) ~= event(name) and not read(field).own
    end
    write(name, state)
    if not wide then return 1 end
  end
  if kind == 'trust' or kind == 'comms' then redis.call('HINCRBY', key, 'epoch', 1) end
  write(kind, state)
  return name == kind and 1 or 2
end
if verb == 'open' then
  local list = fields(kind)
  if #list == 0 then return 0 end
  opens()
  return redis.call('HDEL', key, unpack(list)) > 0 and 1 or 0
end
if verb == 'open_proven' then
  opens()
  local opened = redis.call('HDEL', key, name)
  for i = 3, #ARGV do redis.call('HDEL', key, ARGV[i]) end
  if opened == 0 then return 0 end
  -- That one part works speaks against the whole gate and says nothing of the other parts: each is tried for itself.
  each(function(state)
    if name == kind then state.own, state.next = true, now end
    return true
  end)
  if #fields(kind) > 0 then redis.call('HINCRBY', key, 'mixed:' .. kind, 1) end
  return 1
end
if verb == 'probe_now' then
  return each(function(state)
    state.next, state.answer = now, nil
    return true
  end)
end
if verb == 'queue_paused' then
  return each(function(state)
    state.held = true
    return true
  end)
end
if verb == 'queue_unpaused' then
  -- A gate that opens and closes again within moments may be closed before the queue is unpaused for its opening.
  local ours = math.abs(now - (tonumber(redis.call('HGET', key, 'released:' .. kind)) or 0)) < 10000
  local done = each(function(state)
    if not state.held then return false end
    state.held = nil
    if not ours then state.next = now end
    return true
  end)
  return ours and 0 or done
end
if verb == 'begin_release' then
  if #fields(kind) > 0 then return 0 end
  redis.call('HDEL', key, 'mixed:' .. kind)
  redis.call('HSET', key, 'released:' .. kind, now)
  return 1
end
if verb == 'mark_mixed' then
  redis.call('HINCRBY', key, 'mixed:' .. kind, 1)
  return 1
end
if verb == 'clear_mixed' then
  if redis.call('HGET', key, 'mixed:' .. kind) ~= ARGV[3] then return 0 end
  return redis.call('HDEL', key, 'mixed:' .. kind)
end

local state = read(name)
if not state then return 0 end
if verb == 'claim_probe' then
  if now < state.next or state.probes ~= tonumber(ARGV[3]) then return 0 end
  state.next = now + ARGV[4]
else -- record_probe
  state.next, state.answer = now + ARGV[3], ARGV[5]
  state.probes = state.probes + ARGV[4]
end
write(name, state)
return 1
