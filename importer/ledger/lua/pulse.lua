-- pulse: notes how far a process has come, unless Redis has gone back since the process noted it last.
-- KEYS  1 pulse of the process, 2 run id of the server that the fleet has written to
-- ARGV  1 number, 2 milliseconds to keep it, 3 run id of the server that the process has written to ('' none yet:
--       then the fleet's counts), 4 the number that it knows to be there
-- Result: {run id of this server, the number before, 1 if the new one was noted}
local server, before = run_id(), tonumber(redis.call('GET', KEYS[1]) or 0)
local known = ARGV[3] ~= '' and ARGV[3] or redis.call('GET', KEYS[2]) or server
local whole = known == server and before >= tonumber(ARGV[4])
if whole then
  redis.call('SET', KEYS[1], math.max(before, tonumber(ARGV[1])), 'PX', ARGV[2])
  redis.call('SET', KEYS[2], server, 'PX', ARGV[2])
end
return {server, before, whole and 1 or 0}
