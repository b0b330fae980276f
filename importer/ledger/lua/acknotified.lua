-- acknotified: takes an import off the list of pending notifications, unless it has finished once more since.
-- KEYS  1 pending notifications (sorted by end)
-- ARGV  1 id, 2 the end that was announced
-- Result: 1 if it was taken off
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
