-- begin: the last check before calls. It reads whether the import was stopped, which gates are closed, and what state
-- the rows are in, and marks the rows that may be called, in one step: nothing can change between the check and the
-- mark. A row that is marked maybe-sent for the first time also gets the epoch: how often a gate has closed behind
-- which a guest may exist without its email. If it differs when an answer says that the guest exists, that answer
-- proves no email. Of an import whose guests are written it is noted until when such a call may be in flight: until
-- then no other row takes the place of one whose guest may exist.
-- KEYS  1 import hash, 2 rows string, 3 gates hash, 4 epochs hash
-- ARGV  1 milliseconds for which a call may be in flight, then three per run of rows that are
--       marked alike: places ('6 8-11'), 'mark' (set maybe-sent), 'sending' (move there), 'exists' (set tried: from now
--       on the guest may exist), 'look' (change nothing) or 'unmark' (lift maybe-sent: the call was not made), gates
--       that matter, comma-separated ('' for a probe; to unmark, a word that repetitions of it have in common)
-- A row that is there twice is begun twice, one after the other. A mark is not lifted that was made more than once: the
-- other call may be in flight. Nor is one lifted by a repetition: it is of a call that was begun meanwhile. It is lifted
-- of a row that was cancelled meanwhile.
-- Result: {the bytes before of all runs' rows, '1' or '0' for each: begun, '1' or '0' for each: a gate has closed since
-- the row was marked maybe-sent, stop reason or '', the import's salt or '', the server's run id or '' if nothing was
-- marked, then per run the closed gate, 'window' for a send window, or ''}
local import, rows, gates, epochs = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local CALLABLE = {[QUEUED] = true, [PARKED] = true, [PARKED_TRIED] = true}
local of = redis.call('HMGET', import, 'stopped', 'salt', 'mail_from', 'mail_until')
local stopped, now = of[1] or '', 0

-- closed_of returns the first of some gates that is closed, or what else keeps such calls from being made, or ''.
local function closed_of(names, how)
  local list = {}
  for gate in string.gmatch(names, '[^,]+') do list[#list + 1] = gate end
  local there = redis.call('HMGET', gates, 'epoch', unpack(list))
  now = tonumber(there[1]) or 0
  for i, gate in ipairs(list) do
    if there[i + 1] then return gate end
  end
  if of[3] and how ~= 'exists' then -- a bulk call sends no email
    local at = now_ms()
    if at < tonumber(of[3]) or at >= tonumber(of[4]) then return 'window' end
  end
  return ''
end

local runs, spans, marks = {}, {}, false
for i = 2, #ARGV, 3 do
  local first = #spans + 1
  spans_of(ARGV[i], spans)
  local how, word = ARGV[i + 1], ARGV[i + 2]
  runs[#runs + 1] = {first = first, last = #spans, how = how, closed = how == 'unmark' and '' or closed_of(word, how), word = word}
  marks = marks or ARGV[i + 1] == 'mark' or ARGV[i + 1] == 'sending'
end

local function begun_as(run, row, state, tried, maybe, epoch)
  local how, note = run.how, in_flight(import, row)
  if how == 'exists' then return join(state, true, maybe, epoch) end
  if how == 'mark' then
    if maybe then
      redis.call('SET', note, 1, 'PX', 60 * ARGV[1]) -- far longer than a process is frozen
    else
      epoch = set_epoch(import, epochs, row, now)
    end
    return join(state, tried, true, epoch)
  end
  if how == 'unmark' then
    local by = redis.call('GET', note)
    if by == '1' or by == run.word then return join(state, tried, maybe, epoch) end
    redis.call('SET', note, run.word, 'PX', 60 * ARGV[1])
    redis.call('HDEL', epochs, row)
    return join(state, tried, false, epoch)
  end
  redis.call('SET', note, 1, 'PX', ARGV[1])
  return join(SENDING, tried, maybe, epoch)
end

local befores, oks, shuts, deltas, n = {}, {}, {}, {}, 0
local bytes, changed, writes = read_all(rows, spans), {}, false
for _, run in ipairs(runs) do
  local how = run.how
  local may = stopped == '' and run.closed == '' or how == 'unmark'
  local seen = {} -- what a byte says
  for s = run.first, run.last do
    for row = spans[s][1], spans[s][2] do
      local byte = bytes[row]
      local before = seen[byte]
      if not before then
        local state, tried, maybe, epoch = split(byte)
        before = {byte = string.char(byte), state = state, tried = tried, maybe = maybe, epoch = epoch,
          begun = may and (CALLABLE[state] or how == 'unmark' and state == CANCELLED) == true}
        seen[byte] = before
      end
      n = n + 1
      befores[n], oks[n] = before.byte, before.begun and '1' or '0'
      shuts[n] = before.maybe and epoch_of(epochs, row, before.epoch) ~= now and '1' or '0'
      if before.begun and how ~= 'look' then
        local after = begun_as(run, row, before.state, before.tried, before.maybe, before.epoch)
        writes = writes or how == 'exists'
        if after ~= byte then bytes[row], changed[row] = after, true end
        if how == 'sending' then
          deltas[before.state] = (deltas[before.state] or 0) - 1
          deltas[SENDING] = (deltas[SENDING] or 0) + 1
        end
      end
    end
  end
end
write_all(rows, spans, bytes, changed)
if writes and redis.call('HEXISTS', import, 'rows') == 1 then -- else it has expired
  redis.call('HSET', import, 'writing', now_ms() + ARGV[1])
end
if next(deltas) then recount(import, deltas) end
local out = {table.concat(befores), table.concat(oks), table.concat(shuts), stopped, of[2] or '', marks and run_id() or ''}
for i, run in ipairs(runs) do out[6 + i] = run.closed end
return out
