-- memory: claims a remote file, and remembers those that were taken.
-- KEYS  1 taken: zset of fingerprints by when they were last seen (ms), 2 claim of this file: its owner, 3 newest version taken
--       A fingerprint is of a name and a version; that of a file whose version is not known before it is fetched, of its name.
-- ARGV  1 'claim', 2 fingerprint, 3 owner, 4 lease in ms        1 claimed, 2 it was taken already, 0 in other hands
--   or  1 'renew', 2 fingerprint, 3 owner, 4 lease in ms        1 if the claim is still the owner's; so with the next
--   or  1 'release', 2 fingerprint, 3 owner
--   or  1 'taken', 2 fingerprint, 3 owner, 4 ms to remember it, 5 version, 6 fingerprint to remember
local verb, mark, owner = ARGV[1], ARGV[2], ARGV[3]
if verb == 'taken' then
  local t = redis.call('TIME')
  redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[6])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('SET', KEYS[3], ARGV[5], 'PX', ARGV[4])
end
if verb == 'claim' then
  if redis.call('ZSCORE', KEYS[1], mark) then return 2 end
  local has = redis.call('GET', KEYS[2])
  if has and has ~= owner then -- an owner that asks again has not heard the answer
    if redis.call('PTTL', KEYS[2]) > tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end -- Redis' clock has gone back
    return 0
  end
  redis.call('SET', KEYS[2], owner, 'PX', ARGV[4])
  return 1
end
if redis.call('GET', KEYS[2]) ~= owner then return 0 end
if verb == 'renew' then
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
else
  redis.call('DEL', KEYS[2])
end
return 1
