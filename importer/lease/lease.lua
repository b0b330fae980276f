-- lease: takes, renews and frees a lease. It expires by Redis' clock.
-- KEYS  1 the lease: a string, its owner
-- ARGV  1 'acquire' or 'release', 2 owner, 3 time to live in ms
-- Result, acquire: 1 if the owner has it now, 0 if another has it
--         release: 1 if the owner had it, 0 if it was free or another's
local verb, owner, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3])
local has = redis.call('GET', KEYS[1])
if verb == 'release' then
  return has == owner and redis.call('DEL', KEYS[1]) or 0
end
if has and has ~= owner then
  -- More than its owner asked for is left when Redis' clock has gone back. An owner that lives renews it.
  if redis.call('PTTL', KEYS[1]) > ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
  return 0
end
redis.call('SET', KEYS[1], owner, 'PX', ttl)
return 1
