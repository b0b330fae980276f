-- Takes the lock, or takes it again for its holder (the client library repeats a script whose reply was lost).
--
-- KEYS[1] the lock
-- ARGV[1] the holder's random value
-- ARGV[2] time to live in ms
-- result  1 if the caller has it, 0 if another does
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  -- When Redis' clock goes back, a lock lives for longer than its time, and its holder may be gone.
  if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
  end
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
