-- Notes that the API accepted the access token of a generation: a refusal of it later on is its end, and not the API's
-- distrust of every token.
--
-- KEYS[1] the record (hash)
-- ARGV[1] the generation
-- result  1 if it is the current one, 0 if not
if redis.call('HGET', KEYS[1], 'gen') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'worked', '1')
return 1
