-- Writes a new generation, if the one it was made from is still the current one and no other process has the claim. A
-- writer with an old generation loses. A repeat by the same nonce returns 'already', so that a lost reply, or a
-- second process that found the journal, does no harm. It is announced in the same step, so that no waiter misses a
-- generation that is committed.
--
-- No claim at all is fine too: the claim was lost with a primary, or another process took it over and released it.
-- This answer is then the best there is.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash), removed on success
-- ARGV[1] the generation expected
-- ARGV[2] the nonce of the claim
-- ARGV[3] the new generation
-- ARGV[4] 'claim', or 'adopt' for a login by a person, which overrules any claim
-- ARGV[5] the channel of announcements
-- ARGV[6] sealed access token       ARGV[7] sealed refresh token or ''
-- ARGV[8] expiry in ms              ARGV[9] grant
-- ARGV[10] who                      ARGV[11] refusals in a row
-- ARGV[12] fingerprint of the credentials
-- ARGV[13] tokens in a row that died early   ARGV[14] how old they were in ms   ARGV[15] when that was, in ms
-- result  { 'done' | 'already' | 'moved' | 'busy', generation now }
local gen = redis.call('HGET', KEYS[1], 'gen') or '0'
if redis.call('HGET', KEYS[1], 'won') == ARGV[2] then
  return { 'already', gen }
end
if gen ~= ARGV[1] then
  return { 'moved', gen }
end
local held = redis.call('HGET', KEYS[1], 'claim') or ''
if ARGV[4] ~= 'adopt' and held ~= '' and held ~= ARGV[2] then
  return { 'busy', gen }
end
local t = redis.call('TIME')
local info = redis.pcall('INFO', 'server')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'gen', ARGV[3], 'won', ARGV[2], 'at', ARGV[6], 'exp', ARGV[8], 'grant', ARGV[9],
  'by', ARGV[10], 'refusals', ARGV[11], 'fp', ARGV[12],
  'early', ARGV[13], 'lived', ARGV[14], 'learned', ARGV[15],
  'run', type(info) == 'string' and string.match(info, 'run_id:(%w+)') or '',
  'got', string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000)))
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[1], 'rt', ARGV[7])
end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[5], ARGV[3])
return { 'done', ARGV[3] }
