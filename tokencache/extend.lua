-- Renews the lock for its holder only.
--
-- KEYS[1] the lock
-- ARGV[1] the holder's random value
-- ARGV[2] time to live in ms
-- result  1 if renewed, 0 if it was lost
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
