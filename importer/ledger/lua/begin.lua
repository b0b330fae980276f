-- begin: the last look before a call. It asks whether the import was stopped, which gates are closed, and what state the
-- rows are in, and marks the rows that may be called, in one step: nobody can slip in between the look and the mark.
-- A row that is marked for the first time also gets the epoch: how often a gate has closed behind which a guest may exist
-- without its email, modulo four. If it differs when an answer says that the guest exists, that answer proves no email.
-- KEYS  1 import hash, 2 rows string, 3 gates hash
-- ARGV  1 transition table, 2 classes, 3 'mark' (set maybe-sent), 'sending' (move there) or 'look' (change nothing),
--       4 gates that matter, comma-separated ('' for a probe), 5.. rows
-- Result: {stop reason or '', closed gate or '', epoch, per row: byte before, 1 if begun else 0}
local import, rows, gates = KEYS[1], KEYS[2], KEYS[3]
local table_, classes, how = ARGV[1], ARGV[2], ARGV[3]
local SENDING, CALLABLE = 9, {[2] = true, [6] = true, [7] = true} -- queued, parked, parked-tried
local stopped = redis.call('HGET', import, 'stopped') or ''
local closed = ''
for gate in string.gmatch(ARGV[4], '[^,]+') do
  if closed == '' and redis.call('HEXISTS', gates, gate) == 1 then closed = gate end
end
local now = (tonumber(redis.call('HGET', gates, 'epoch')) or 0) % 4
local out, deltas = {stopped, closed, now}, {}
for i = 5, #ARGV do
  local row = tonumber(ARGV[i])
  local before = read(rows, row)
  local state, tried, maybe, epoch = split(before)
  local begun = stopped == '' and closed == '' and CALLABLE[state] == true
  if begun and how == 'mark' then
    write(rows, row, join(state, tried, true, maybe and epoch or now))
  elseif begun and how == 'sending' then
    write(rows, row, join(SENDING, tried, maybe, epoch))
    deltas[state] = (deltas[state] or 0) - 1
    deltas[SENDING] = (deltas[SENDING] or 0) + 1
  end
  out[#out + 1] = before
  out[#out + 1] = begun and 1 or 0
end
if next(deltas) then recount(import, deltas, classes) end
return out
