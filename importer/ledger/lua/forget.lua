-- forget: removes what is kept of an import's guests, if it ended long ago and its rows were not tried again since.
-- KEYS  1 import hash, 2 reasons hash, 3.. chunks to remove
-- ARGV  1 milliseconds that it is kept after its end, then three for each reason to replace: row, what it is, what it
--       becomes
-- Result: 1, or 0 if it is not over, or not for so long
local import, reasons = KEYS[1], KEYS[2]
local of = redis.call('HMGET', import, 'finished', 'wanted')
if not of[1] or now_ms() - math.max(tonumber(of[1]), tonumber(of[2] or 0)) < tonumber(ARGV[1]) then return 0 end
for i = 3, #KEYS do redis.call('DEL', KEYS[i]) end
for i = 2, #ARGV, 3 do
  if redis.call('HGET', reasons, ARGV[i]) == ARGV[i + 1] then redis.call('HSET', reasons, ARGV[i], ARGV[i + 2]) end
end
return 1
