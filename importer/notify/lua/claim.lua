-- claim: claims the event of a channel that is due for longest, by moving it into the future. If the claim is not
-- settled, since its process was killed, the event is due again then.
-- KEYS  1 due set of the channel: ids by when they are due (ms), 2 its tries: hash by id
-- ARGV  1 ms to claim it for, 2 prefix of events' keys, which share the slot, 3.. the delays after each try, in ms
-- Result: nil when none is due, else {id, tries with this one, token of the claim, event as JSON}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
-- When Redis' clock has gone back, events would come later by as much. None waits for longer than a claim or the delay
-- after a try.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now + ARGV[1], '+inf', 'LIMIT', 0, 100)) do
  local tries = tonumber(redis.call('HGET', KEYS[2], id) or '') or 0
  local longest = now + math.max(tonumber(ARGV[1]), tonumber(ARGV[2 + tries]) or 0)
  if tonumber(redis.call('ZSCORE', KEYS[1], id)) > longest then redis.call('ZADD', KEYS[1], longest, id) end
end
while true do
  local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  if not id then return false end
  local event = redis.call('GET', ARGV[2] .. id)
  if event then
    local claim = string.format('%d', now + ARGV[1])
    redis.call('ZADD', KEYS[1], claim, id)
    return {id, redis.call('HINCRBY', KEYS[2], id, 1), claim, event}
  end
  redis.call('ZREM', KEYS[1], id) -- its event has expired
  redis.call('HDEL', KEYS[2], id)
end
