-- windowopen: notes when emails of an import may begin, unless its window was changed since it was read.
-- KEYS  1 import hash
-- ARGV  1 window as it was read, 2 from when and 3 until when an email may begin, in milliseconds
if redis.call('HGET', KEYS[1], 'window') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'mail_from', ARGV[2], 'mail_until', ARGV[3])
return 1
