-- Records in the record that signing in failed, so that each process of the fleet can say so. A new generation removes it
-- with the rest of the record. The time of the first failure stays whatever fails later on.
--
-- KEYS[1] the record (hash)
-- ARGV[1] the generation that the attempt started from
-- ARGV[2] problem, a word of the closed list in signin.go
-- ARGV[3] the server's code, or ''
-- result  1, or 0 if there is another generation by now
if (redis.call('HGET', KEYS[1], 'gen') or '0') ~= ARGV[1] then
  return 0
end
local t = redis.call('TIME')
local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
redis.call('HSETNX', KEYS[1], 'failed_from', now)
redis.call('HSET', KEYS[1], 'problem', ARGV[2], 'problem_code', ARGV[3], 'failed_at', now)
redis.call('HINCRBY', KEYS[1], 'failures', 1)
return 1
