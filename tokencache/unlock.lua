-- Frees the lock if it is still the caller's, and wakes those who wait for it.
--
-- KEYS[1] the lock
-- ARGV[1] the holder's random value
-- ARGV[2] the channel of announcements
-- result  1 if freed, 0 if it was lost before
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], '0')
return 1
