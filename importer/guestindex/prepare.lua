-- prepare: sets over how many hashes the guests of an event are spread, if the index has none of them yet.
-- KEYS  1 what is known of the event's index, 2 what keys of its buckets begin with
-- ARGV  1 the size, 2 seconds to keep it
-- Result: 1 if it was set
for n = 0, 4095 do
  if redis.call('EXISTS', KEYS[2] .. string.format('%03x', n)) == 1 then return 0 end
end
if redis.call('HSETNX', KEYS[1], 'size', ARGV[1]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
