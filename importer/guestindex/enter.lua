-- enter: enters fields of guests who are most likely new, a bucket with one command. What is there already stays.
-- KEYS  1 own import, 2 what is known of the event's index, 3.. buckets
-- ARGV  1 seconds to keep the index, 2 the size by which the buckets were chosen (size.go), then per bucket: how many
--       fields, negative where the bucket is to be kept for so long from now, and each field with its value
-- Result: the places, among all fields, of those that are there already; nil, and nothing is done, if the import is
-- gone or the event has another size
if redis.call('HEXISTS', KEYS[1], 'rows') == 0 then return false end
if (redis.call('HGET', KEYS[2], 'size') or '') ~= ARGV[2] then return false end
redis.call('HSET', KEYS[1], 'entered', UNDER_WAY)
local known, place, at = {}, 0, 3 -- place: how many fields came before the bucket's
for k = 3, #KEYS do
  local bucket, n, first = KEYS[k], math.abs(tonumber(ARGV[at])), at + 1
  if redis.call('EXISTS', bucket) == 0 then
    redis.call('HSET', bucket, unpack(ARGV, first, at + 2 * n))
  else
    local fields, new = {}, {}
    for i = 1, n do fields[i] = ARGV[first + 2 * (i - 1)] end
    local there = redis.call('HMGET', bucket, unpack(fields))
    for i = 1, n do
      if there[i] then
        known[#known + 1] = place + i - 1
      else
        new[#new + 1], new[#new + 2] = fields[i], ARGV[first + 2 * i - 1]
      end
    end
    if #new > 0 then redis.call('HSET', bucket, unpack(new)) end
  end
  if tonumber(ARGV[at]) < 0 then redis.call('EXPIRE', bucket, ARGV[1]) end
  place, at = place + n, at + 2 * n + 1
end
return known
