-- gate: changes one gate of an account.
-- KEYS  1 gates hash: gate name to JSON {since, next, probes, code, held}, times in milliseconds; a field is a closed gate
-- ARGV  1 'close', 2 gate, 3 code, 4 milliseconds to the first probe
--   or  1 'open',  2 gate
--   or  1 'hurry', 2 gate
--   or  1 'held',  2 gate
--   or  1 'freed', 2 gate
--   or  1 'probe', 2 gate, 3 probes already made, 4 milliseconds to the next probe after this one
-- The field 'epoch' counts closings of the gates behind which a guest may exist without its email; see the ledger's begin.
-- Result: 1 if this call did it: closed an open gate, opened a closed one, made a closed one's probe due, won a probe, noted that its
--   queue is held, or that it was and is not (which makes its probe due)
local key, verb, gate = KEYS[1], ARGV[1], ARGV[2]
if verb == 'open' then return redis.call('HDEL', key, gate) end

local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local raw = redis.call('HGET', key, gate)
if verb == 'close' then
  if raw then return 0 end
  if gate == 'trust' or gate == 'comms' then redis.call('HINCRBY', key, 'epoch', 1) end
  redis.call('HSET', key, gate, cjson.encode({since = now, next = now + ARGV[4], probes = 0, code = ARGV[3]}))
  return 1
end

if not raw then return 0 end
local state = cjson.decode(raw)
if verb == 'hurry' or verb == 'freed' and state.held then
  state.next = now
  if verb == 'freed' then state.held = nil end
  redis.call('HSET', key, gate, cjson.encode(state))
  return 1
end
if verb == 'freed' then return 0 end
if verb == 'held' then
  state.held = true
  redis.call('HSET', key, gate, cjson.encode(state))
  return 1
end
if now < state.next or state.probes ~= tonumber(ARGV[3]) then return 0 end
state.probes = state.probes + 1
state.next = now + ARGV[4]
redis.call('HSET', key, gate, cjson.encode(state))
return 1
