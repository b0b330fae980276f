-- create: writes an import's record unless there is one.
-- KEYS  1 import hash, 2 imports (sorted by start), 3 importing (sorted by when the importer's heartbeat expires), 4
--       known ids (by when they were last met), 5 how many were begun
-- ARGV  1 id, 2 seconds to keep it, 3 rows, 4 milliseconds until its importer has to have shown itself, 5 the lanes
--       that it may go by (numbers with blanks between), then field, value, ...
-- Its lane is the first of those by which the fewest imports go that are not over. It is chosen here, so that two
-- that begin at the same moment do not take the same one; the records of the others are read by keys that are built
-- here, on the same slot. An import that has expired may still own guests in the guest index, which others renew:
-- under its id it would take their emails for its own, and send them again. So an id is never used twice, as far as
-- is remembered.
-- Result: 1 if created, -1 if there was such an import, which has expired
local import, imports = KEYS[1], KEYS[2]
if redis.call('HEXISTS', import, 'rows') == 1 then return 0 end
local now = now_ms()
local met = redis.call('ZSCORE', KEYS[4], ARGV[1])
redis.call('ZADD', KEYS[4], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - 4 * ARGV[2] * 1000)
if met then return -1 end
-- What an earlier version has written of an import that had expired is no record.
for _, of in ipairs({'', ':rows', ':reasons', ':tries', ':attempts', ':times', ':epochs', ':addresses', ':former', ':members', ':missing'}) do
  redis.call('DEL', import .. of)
end
local open, fewest, lane = {}, nil, nil -- imports by lane
for _, id in ipairs(redis.call('SMEMBERS', running(import))) do
  local of = redis.call('HGET', string.sub(import, 1, -#ARGV[1] - 1) .. id, 'lane')
  if of then open[of] = (open[of] or 0) + 1 end
end
for l in string.gmatch(ARGV[5], '%S+') do
  if not fewest or (open[l] or 0) < fewest then fewest, lane = open[l] or 0, l end
end
local order = redis.call('INCR', KEYS[5])
redis.call('HSET', import, 'order', order, 'started', now, 'updated', now, 'n' .. NEW, ARGV[3], 'lane', lane, unpack(ARGV, 6))
redis.call('EXPIRE', import, ARGV[2])
mark_called(import)
redis.call('ZADD', imports, now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', imports, '-inf', now - ARGV[2] * 1000)
redis.call('ZREMRANGEBYSCORE', notifications(import), '-inf', now - ARGV[2] * 1000) -- where notifications are off
if tonumber(ARGV[3]) == 0 then
  finish(import)
else
  redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
  redis.call('SADD', running(import), ARGV[1])
end
return 1
