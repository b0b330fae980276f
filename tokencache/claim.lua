-- Claims a generation for one request to the identity server. The claim has no expiry: time alone never makes a
-- refresh token sendable again (docs/design.md section 5). Running it twice with one nonce is harmless, because the
-- client library repeats a script whose reply was lost.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV[1] the generation expected, '0' for no record
-- ARGV[2] the nonce of this claim
-- ARGV[3] the nonce of the claim to take over, '' for none
-- ARGV[4] '1' drops the refresh token: it may be spent, and no process may send it
-- ARGV[5] '1' goes ahead in spite of a pause
-- ARGV[6] who claims
-- ARGV[7] the grant it is for
-- ARGV[8] the channel of announcements: every process remembers the claim, should Redis lose it
-- result  { 'claimed' | 'moved' | 'busy' | 'paused', now in ms, sealed refresh token or '', claims on this generation }
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if (redis.call('HGET', KEYS[1], 'gen') or '0') ~= ARGV[1] then
  return { 'moved', now, '', 0 }
end
local held = redis.call('HGET', KEYS[1], 'claim') or ''
if held ~= ARGV[2] then
  if held ~= ARGV[3] then
    return { 'busy', now, '', 0 }
  end
  local pause = tonumber(redis.call('HGET', KEYS[2], 'until') or '0')
  if ARGV[5] ~= '1' and pause > now then
    return { 'paused', now, '', 0 }
  end
  redis.call('HSET', KEYS[1], 'claim', ARGV[2], 'claim_by', ARGV[6], 'claim_grant', ARGV[7],
    'claim_at', string.format('%.0f', now))
  local claims = redis.call('HINCRBY', KEYS[1], 'claims', 1)
  redis.call('PUBLISH', ARGV[8], 'claim ' .. ARGV[1] .. '.' .. claims .. '.' .. ARGV[2])
end
if ARGV[4] == '1' then
  redis.call('HDEL', KEYS[1], 'rt')
end
local claims = tonumber(redis.call('HGET', KEYS[1], 'claims') or '0')
return { 'claimed', now, redis.call('HGET', KEYS[1], 'rt') or '', claims }
