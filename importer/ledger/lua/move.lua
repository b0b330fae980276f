-- move: changes rows' states along the transition table, with counters and reasons, all or nothing per row.
-- KEYS  1 import hash, 2 rows string, 3 reasons hash, 4 tries hash
-- ARGV  1 transition table (16 x 16 of '0'/'1'), 2 classes, then seven per row:
--       row, new state, flags to set, flags to clear (64 tried, 128 maybe sent, summed), 1 to count a failed try,
--       1 if a settled row may not be opened again, reason ('' leaves it, '-' deletes it)
-- A row's tries begin anew when its state changes, but not on the way through sending, which is only a moment of a try.
-- Maybe-sent is set even where the change is forbidden: the attempt was made, whatever has become of the row meanwhile.
-- Result: {1 if this call finished the import, then per row: the byte before, 1 if moved (or already there), else 0}
local import, rows, reasons, tries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local table_, classes = ARGV[1], ARGV[2]
local SENDING = 9
local out, deltas = {0}, {}
local function open(state) return string.sub(classes, state + 1, state + 1) == 'o' end
for i = 3, #ARGV, 7 do
  local row, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local set, clear, try = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4]
  local held, reason = ARGV[i + 5] == '1', ARGV[i + 6]
  local before = read(rows, row)
  local from, tried, maybe, epoch = split(before)
  local allowed = from == to or string.sub(table_, from * 16 + to + 1, from * 16 + to + 1) == '1'
  if held and open(to) and not open(from) then allowed = false end
  if allowed then
    tried = (tried or set % 128 >= 64) and clear % 128 < 64
    maybe = (maybe or set >= 128) and clear < 128
    write(rows, row, join(to, tried, maybe, epoch))
    deltas[from] = (deltas[from] or 0) - 1
    deltas[to] = (deltas[to] or 0) + 1
    if reason == '-' then
      redis.call('HDEL', reasons, row)
    elseif reason ~= '' then
      redis.call('HSET', reasons, row, reason)
    end
    if try == '1' then redis.call('HINCRBY', tries, row, 1) end
    if from ~= to and (from ~= SENDING or not open(to)) then redis.call('HDEL', tries, row) end
  elseif set >= 128 and not maybe then
    write(rows, row, join(from, tried, true, epoch))
  end
  out[#out + 1] = before
  out[#out + 1] = allowed and 1 or 0
end
out[1] = recount(import, deltas, classes)
redis.call('HSET', import, 'updated', now_ms())
local left = redis.call('PTTL', import) -- an import's keys expire together
for i = 2, 4 do
  if left > 0 then redis.call('PEXPIRE', KEYS[i], left) end
end
return out
