-- change: lifts an address, or removes what is kept of it.
-- KEYS  1 head hash, 2 the bucket of the address
-- ARGV  1 id of the key that the hashes are made with, 2 the field of the address, 3 the entry that it is to have: of
--       a lifted address, or '' for none. Only what is suppressed can be lifted.
-- Result: the entry before, '' if there was none, or false if Redis has another key
local head, bucket, field, entry = KEYS[1], KEYS[2], ARGV[2], ARGV[3]
if redis.call('HGET', head, 'id') ~= ARGV[1] then return false end
local old = redis.call('HGET', bucket, field)
if not old then return '' end
local was = string.sub(old, 1, 1)
if entry ~= '' and was == LIFTED then return old end
if entry ~= '' then
  redis.call('HSET', bucket, field, entry)
  redis.call('HINCRBY', head, 'n' .. string.sub(entry, 1, 1), 1)
else
  redis.call('HDEL', bucket, field)
end
redis.call('HINCRBY', head, 'n' .. was, -1)
if was ~= LIFTED then redis.call('HINCRBY', head, 'n', -1) end
return old
