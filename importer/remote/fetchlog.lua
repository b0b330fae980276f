-- fetchlog: records that a file was fetched.
-- KEYS  1 fetched: zset of fingerprints by when they were last seen (ms of Redis' clock), 2 version fetched last
-- ARGV  1 fingerprint, 2 version, 3 ms to keep them
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
