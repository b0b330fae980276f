-- Releases a claim, and records a failure so that the whole fleet pauses and not just this process. If another process
-- has taken the claim, it will meet trouble by itself (this one may have been frozen), but a refused attempt still counts
-- against the lockout.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV[1] the nonce of the claim
-- ARGV[2] '1' drops the refresh token (it is or may be spent)
-- ARGV[3] class of the failure: 'wrong', 'trouble', or '' for none
-- ARGV[4] reason, a word of the closed list in errors.go
-- ARGV[5] shortest pause in ms (the server's Retry-After)
-- ARGV[6] how long an untouched pause is remembered, in ms
-- ARGV[7] the channel of announcements
-- ARGV[8...] the schedule of pauses for the class, in ms; the last one repeats
-- result  { 'released' | 'lost', pause in ms }
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local result = 'lost'
if (redis.call('HGET', KEYS[1], 'claim') or '') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'claim', 'claim_by', 'claim_at', 'claim_grant')
  if ARGV[2] == '1' then
    redis.call('HDEL', KEYS[1], 'rt')
    redis.call('HSET', KEYS[1], 'dead', ARGV[4])
  end
  result = 'released'
end
local pause = 0
if ARGV[3] == 'wrong' or (ARGV[3] ~= '' and result == 'released') then
  local n = redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
  pause = math.max(tonumber(ARGV[7 + math.min(n, #ARGV - 7)]), tonumber(ARGV[5]))
  redis.call('HSET', KEYS[2], 'until', string.format('%.0f', now + pause), 'from', string.format('%.0f', now),
    'class', ARGV[3], 'reason', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], math.max(tonumber(ARGV[6]), pause))
end
redis.call('PUBLISH', ARGV[7], '0')
return { result, pause }
