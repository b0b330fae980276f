-- begin: the last check before a call. It reads whether the import was stopped, which gates are closed, and what
-- state the rows are in, and marks the rows that may be called, in one step: nothing can change between the check and
-- the mark. A row that is marked maybe-sent for the first time also gets the epoch: how often a gate has closed
-- behind which a guest may exist without its email. If it differs when an answer says that the guest exists, that
-- answer proves no email.
-- KEYS  1 import hash, 2 rows string, 3 gates hash, 4 epochs hash
-- ARGV  1 'mark' (set maybe-sent), 'sending' (move there), 'exists' (set tried: from now on the guest may exist) or
--       'look' (change nothing), 2 gates that matter, comma-separated ('' for a probe), 3 milliseconds for which the
--       call of a row in sending may be in flight, 4.. rows
-- Result: {stop reason or '', closed gate, 'window' for a send window, or '', the import's salt or '', the server's run id or '' if nothing was
-- marked, per row: byte before, 1 if begun else 0, 1 if a gate has closed since the row was marked maybe-sent else 0}
local import, rows, gates, epochs = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local how = ARGV[1]
local CALLABLE = {[QUEUED] = true, [PARKED] = true, [PARKED_TRIED] = true}
local of = redis.call('HMGET', import, 'stopped', 'salt', 'mail_from', 'mail_until')
local stopped, closed = of[1] or '', ''
for gate in string.gmatch(ARGV[2], '[^,]+') do
  if closed == '' and redis.call('HEXISTS', gates, gate) == 1 then closed = gate end
end
if closed == '' and of[3] and how ~= 'exists' then -- a bulk call sends no email
  local at = now_ms()
  if at < tonumber(of[3]) or at >= tonumber(of[4]) then closed = 'window' end
end
local now = tonumber(redis.call('HGET', gates, 'epoch')) or 0

local function begun_as(row, state, tried, maybe, epoch)
  if how == 'exists' then return join(state, true, maybe, epoch) end
  if how == 'mark' then
    if not maybe then epoch = set_epoch(import, epochs, row, now) end
    return join(state, tried, true, epoch)
  end
  redis.call('SET', in_flight(import, row), 1, 'PX', ARGV[3])
  return join(SENDING, tried, maybe, epoch)
end

local out, deltas = {stopped, closed, of[2] or '', (how == 'mark' or how == 'sending') and run_id() or ''}, {}
for i = 4, #ARGV do
  local row = tonumber(ARGV[i])
  local before = read(rows, row)
  local state, tried, maybe, epoch = split(before)
  local begun = stopped == '' and closed == '' and CALLABLE[state] == true
  local shut = maybe and epoch_of(epochs, row, epoch) ~= now
  if begun and how ~= 'look' then
    local after = begun_as(row, state, tried, maybe, epoch)
    if after ~= before then write(rows, row, after) end
    if how == 'sending' then
      deltas[state] = (deltas[state] or 0) - 1
      deltas[SENDING] = (deltas[SENDING] or 0) + 1
    end
  end
  out[#out + 1], out[#out + 2], out[#out + 3] = before, begun and 1 or 0, shut and 1 or 0
end
if next(deltas) then recount(import, deltas) end
return out
