-- publish: queues an event for every channel, once: its id is the same in every process that sees the same change.
-- KEYS  1 event, 2.. the due set of every channel
-- ARGV  1 id, 2 event as JSON, 3 ms to keep it
-- Result: 1 if the event was not known yet
if not redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[3]) then return 0 end
for i = 2, #KEYS do
  redis.call('ZADD', KEYS[i], 0, ARGV[1])
end
return 1
