-- Forgets the tokens but not the generation, which only grows: a renewal that is under way loses its commit.
--
-- KEYS[1] the record (hash)
-- KEYS[2] the pause after failures (hash)
-- ARGV[1] the channel of announcements
-- result  1 if there was a token, 0 if not
local had = redis.call('HEXISTS', KEYS[1], 'at')
local gen = tonumber(redis.call('HGET', KEYS[1], 'gen') or '0')
redis.call('DEL', KEYS[1], KEYS[2])
if gen > 0 then
  redis.call('HSET', KEYS[1], 'gen', string.format('%.0f', gen + 1))
end
redis.call('PUBLISH', ARGV[1], '0')
return had
