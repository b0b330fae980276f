-- window: gives an import another send window, which is closed until its hours are noted.
-- KEYS  1 import hash
-- ARGV  1 window ('' for none)
-- Result: 1, or 0 if there is no such import
if redis.call('HEXISTS', KEYS[1], 'rows') == 0 then return 0 end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'window', 'mail_from', 'mail_until')
else
  redis.call('HSET', KEYS[1], 'window', ARGV[1], 'mail_from', 0, 'mail_until', 0)
end
return 1
