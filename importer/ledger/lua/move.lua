-- move: changes rows' states along the transition table, with counters and reasons, all or nothing per row. Rows that
-- change alike are one run. The rows of all runs are read, counted and written together; a row that is there twice is
-- changed twice, one after the other. Chunks are kept in the same step: there is no moment in which a row is queued
-- and its chunk is not there.
-- KEYS  1 import hash, 2 rows string, 3 reasons hash, 4 tries hash, 5 attempts hash, 6 times string, 7 epochs hash,
--       8.. chunks to keep
-- ARGV  1 1 to move only rows that are new, 2 seconds to keep the chunks, then the content of each chunk, then four
--       per run: places ('6 8-11'), numbers with blanks between: new state, flags to set, flags to clear (TRIED and
--       MAYBE_SENT, summed), 1 to count a failed try, 1 if a settled row may not be opened again or 2 if only a row may
--       be moved of which nothing was begun; reason ('' leaves
--       it, '-' deletes it), the call that is behind it in two words ('' for none worth keeping)
-- A row's tries begin anew when its state changes, but not on the way through sending, which is only a moment of a
-- try. Times holds two bytes for each row, when it was settled, then two for each chunk, when it was first kept. A
-- person's later change of a settled row leaves its time: that is when its call was made.
-- Maybe-sent is set even where the change is forbidden: the attempt was made, whatever has become of the row
-- meanwhile. Of a row that a person has cancelled meanwhile it is cleared likewise, since its guest is another import's
-- next, unless another call of the row was begun as well. A row whose email Qflow could not send, as it said before this
-- answer of the call was there, goes on to refused in the same step.
-- Result: {the bytes before of all runs' rows, '1' or '0' for each: moved (or already there), 1 if this call finished
-- the import, then the row, state before and reason of each that went on to refused}; the strings are empty if the
-- import has expired
local import, rows, reasons, tries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local attempts, times, epochs = KEYS[5], KEYS[6], KEYS[7]
local only_new, first_run = ARGV[1] == '1', #KEYS - 4
local now = now_ms()
local function open(state) return class(state) == OPEN end

local runs, spans = {}, {}
for i = first_run, #ARGV - 1, 4 do
  local first = #spans + 1
  spans_of(ARGV[i], spans)
  local to, set, clear, try, held = string.match(ARGV[i + 1], '(%d+) (%d+) (%d+) (%d) (%d)')
  runs[#runs + 1] = {
    first = first, last = #spans, to = tonumber(to), set = tonumber(set), clear = tonumber(clear), try = try == '1',
    held = held == '1', unbegun = held == '2', reason = ARGV[i + 2], call = ARGV[i + 3],
  }
end

-- The record of an import that has expired is not made anew: its other rows would look as if they had never been
-- called, and their guests as if they could be emailed. But one that Redis has lost may be made anew by its importer.
local of = redis.call('HMGET', import, 'rows', 'chunk', 'started', 'failing')
local all_rows, rows_to_a_chunk, started = tonumber(of[1]), tonumber(of[2] or 0), tonumber(of[3] or now)
if not all_rows then
  for _, run in ipairs(runs) do
    for s = run.first, run.set >= MAYBE_SENT and run.last or 0 do
      note_called(import, spans[s][1], spans[s][2] - spans[s][1] + 1)
    end
  end
  return {'', '', 0}
end

-- A hash that is not there has nothing that could be deleted from it.
local explained, counted, aged = false, false, false
if redis.call('EXISTS', reasons, tries, epochs) > 0 then
  explained, counted = redis.call('EXISTS', reasons) == 1, redis.call('EXISTS', tries) == 1
  aged = redis.call('EXISTS', epochs) == 1
end

-- fate returns what becomes of a row in a run, which is the same for all rows with the same byte.
local function fate(byte, run)
  local from, tried, maybe, epoch = split(byte)
  local to, set, clear = run.to, run.set, run.clear
  local f = {from = from, before = string.char(byte), after = byte, many = 0}
  f.allowed = from == to or allowed(TRANSITIONS, from, to) and (from == NEW or not only_new)
  if run.held and open(to) and not open(from) then f.allowed = false end
  if run.unbegun and not is_unbegun(import, from, tried, maybe) then f.allowed = false end
  if to == SUPPRESSED and maybe and clear < MAYBE_SENT then f.allowed = false end -- its email may be out
  if f.allowed then
    tried = (tried or set % MAYBE_SENT >= TRIED) and clear % MAYBE_SENT < TRIED
    maybe = (maybe or set >= MAYBE_SENT) and clear < MAYBE_SENT
    f.after = join(to, tried, maybe, epoch)
    f.anew = from ~= to and (from ~= SENDING or not open(to))
    f.settled = from ~= to and not open(to) and (open(from) or run.held)
  elseif set >= MAYBE_SENT and not maybe then
    f.after = join(from, tried, true, epoch)
  elseif from == CANCELLED and maybe and clear >= MAYBE_SENT then
    f.cleared = join(from, tried or set % MAYBE_SENT >= TRIED, false, epoch)
  end
  f.ok = f.allowed and '1' or '0'
  return f
end

-- fields are changes of a hash's fields, by row, which are written together: values, or false to delete.
local function put_fields(hash, fields)
  local sets, gone = {}, {}
  for row, value in pairs(fields) do
    if value then
      sets[#sets + 1], sets[#sets + 2] = row, value
    else
      gone[#gone + 1] = row
    end
  end
  for i = 1, #sets, 4000 do redis.call('HSET', hash, unpack(sets, i, math.min(i + 3999, #sets))) end
  for i = 1, #gone, 4000 do redis.call('HDEL', hash, unpack(gone, i, math.min(i + 3999, #gone))) end
end

-- explain notes a moved row's reason, and counts its tries.
local why, no_tries, no_epoch = {}, {}, {}
local function explain(row, anew, run)
  if run.reason ~= '-' and run.reason ~= '' then
    why[row] = run.reason
  elseif run.reason == '-' and (explained or why[row]) then
    why[row] = false
  end
  if run.try and not anew then
    if no_tries[row] == false then redis.call('HDEL', tries, row) end
    no_tries[row] = nil
    redis.call('HINCRBY', tries, row, 1)
    if not counted then expire_with(import, tries) end
    counted = true
  elseif anew and counted then
    no_tries[row] = false
  end
end

-- attempt adds a call to a row's list of them, of which the last few are kept.
local function attempt(row, call)
  local list = (redis.call('HGET', attempts, row) or '') .. now .. ' ' .. call .. '\n'
  while #list > 500 do list = string.sub(list, string.find(list, '\n', 1, true) + 1) end
  if redis.call('HSET', attempts, row, list) == 1 then expire_with(import, attempts) end
end

-- moment is now in two bytes: the seconds since the import has begun, the coarser the more they are (times.go). A row
-- that is settled after half a year has none.
local function moment()
  local since, code = math.max(math.floor(now / 1000) - math.floor(started / 1000), 0), 1
  for _, part in ipairs({{1, 32768}, {60, 16384}, {900, 16383}}) do
    local unit, many = part[1], part[2]
    if since < unit * many then return code + math.floor(since / unit) end
    since, code = since - unit * many, code + many
  end
  return 0
end

-- date notes now for so many places, from one on; of one alone, at is the place as BITFIELD has it. The string is made
-- as long as it will ever be: to one that grows Redis gives up to a megabyte more.
local stamp, stamp_text, dated = nil, nil, {}
local function date(place, many, at)
  if not stamp then
    local code = moment()
    stamp, stamp_text = string.char(math.floor(code / 256), code % 256), tostring(code)
    if redis.call('EXISTS', times) == 0 then
      local chunks = rows_to_a_chunk > 0 and math.ceil(all_rows / rows_to_a_chunk) or 0
      redis.call('SETRANGE', times, math.max(2 * (all_rows + chunks) - 1, 0), '\0')
      expire_with(import, times)
    end
  end
  if at then
    dated[#dated + 1], dated[#dated + 2] = at, stamp_text
  else
    redis.call('SETRANGE', times, 2 * place, string.rep(stamp, many))
  end
end

-- Of each span, by its place: the bytes before, and whether each row was moved.
local befores, oks, deltas, fresh = {}, {}, {}, false

local function count(from, to, many)
  deltas[from] = (deltas[from] or 0) - many
  deltas[to] = (deltas[to] or 0) + many
end

-- move_whole moves a span of rows that are all new, and of which nothing but the byte changes, at once: nearly all that
-- an importer moves. It names each row once, so that the order of spans does not matter. It reports whether it did.
local function move_whole(run, s)
  local first, last = spans[s][1], spans[s][2]
  local only_byte = run.call == '' and run.reason == '' and run.set + run.clear == 0 and not run.try and not counted
  if first == last or not (only_new and only_byte) or of[4] then return false end
  local many, text = last - first + 1, redis.call('GETRANGE', rows, first - 1, last - 1)
  local f = fate(0, run) -- a row that was never written is new
  if not f.allowed or text ~= string.rep('\0', #text) then return false end
  redis.call('SETRANGE', rows, first - 1, string.rep(string.char(f.after), many))
  befores[s], oks[s], fresh = string.rep('\0', many), string.rep(f.ok, many), true
  count(f.from, run.to, many)
  if f.settled then date(first - 1, many) end
  return true
end

local apart = {} -- the spans whose rows are moved one by one
for _, run in ipairs(runs) do
  for s = run.first, run.last do
    if not move_whole(run, s) then apart[#apart + 1] = spans[s] end
  end
end
local bytes, changed = read_all(rows, apart), {}

-- refuse takes such rows to refused, among those from one to another, once no call is on its way. Where the answer
-- left nothing that may be out, a failure of an earlier email does not count against the row.
local refused = {}
local function refuse(first, last)
  for row = first, last do
    local failed = redis.call('HGET', failing(import), row)
    local state, _, maybe, epoch = split(bytes[row])
    if failed and not calling(state, maybe) then
      redis.call('HDEL', failing(import), row)
      if state == ACCEPTED or state == UNKNOWN then
        bytes[row], changed[row] = join(REFUSED, true, false, epoch), true
        deltas[state], deltas[REFUSED] = (deltas[state] or 0) - 1, (deltas[REFUSED] or 0) + 1
        why[row], no_tries[row] = failed, false
        refused[#refused + 1], refused[#refused + 2], refused[#refused + 3] = row, state, failed
      end
    end
  end
end

for i = 8, #KEYS do
  redis.call('SET', KEYS[i], ARGV[i - 5], 'EX', ARGV[2])
  local place = all_rows + tonumber(string.match(KEYS[i], '%d+$'))
  local there = redis.call('GETRANGE', times, 2 * place, 2 * place + 1)
  if there == '' or there == '\0\0' then date(place, 1) end
end

-- is_plain reports whether nothing is to be explained of a run's rows, as of nearly all answers.
local function is_plain(run)
  local silent = (run.reason == '' or run.reason == '-') and run.call == '' and not run.try
  return silent and not (explained or counted or aged or of[4]) and next(why) == nil
end

-- move_row moves a row of a run, and returns what has become of it. fates are those of the run, by byte.
local function move_row(run, row, fates)
  if run.call ~= '' then attempt(row, run.call) end
  local byte = bytes[row]
  local f = fates[byte]
  if not f then
    f = fate(byte, run)
    fates[byte], fresh = f, fresh or f.from == NEW
  end
  local after = f.cleared and redis.call('GET', in_flight(import, row)) ~= '1' and f.cleared or f.after
  if after ~= byte then bytes[row], changed[row] = after, true end
  f.many = f.many + 1
  if f.allowed and not run.plain then explain(row, f.anew, run) end
  if aged and run.clear >= MAYBE_SENT and (f.allowed or after == f.cleared) then no_epoch[row] = false end
  return f
end

-- move_apart moves the rows of a span.
local function move_apart(run, s, fates)
  local before, ok, settled = {}, {}, 0 -- settled: so many rows before this one, one after the other
  local first, last = spans[s][1], spans[s][2]
  for row = first, last do
    local f = move_row(run, row, fates)
    before[row - first + 1], ok[row - first + 1] = f.before, f.ok
    if f.settled then
      settled = settled + 1
    elseif settled > 0 then
      date(row - 1 - settled, settled)
      settled = 0
    end
  end
  if settled > 0 then date(last - settled, settled) end
  befores[s], oks[s] = table.concat(before), table.concat(ok)
end

for _, run in ipairs(runs) do
  local fates = {}
  run.plain = is_plain(run)
  for s = run.first, run.last do
    local first, last, at = spans[s][1], spans[s][2], spans[s][3]
    if first == last then
      local f = move_row(run, first, fates)
      befores[s], oks[s] = f.before, f.ok
      if f.settled then date(first - 1, 1, at) end
    elseif not befores[s] then
      move_apart(run, s, fates)
    end
    if of[4] then refuse(first, last) end
  end
  for _, f in pairs(fates) do
    if f.allowed then count(f.from, run.to, f.many) end
  end
end
write_all(rows, apart, bytes, changed)
if fresh then expire_with(import, rows) end -- it may be new as well
put_all(times, 2, dated)
put_fields(reasons, why)
if not explained and next(why) then expire_with(import, reasons) end
put_fields(tries, no_tries)
put_fields(epochs, no_epoch)
if of[4] and redis.call('EXISTS', failing(import)) == 0 then redis.call('HDEL', import, 'failing') end

local finished = recount(import, deltas)
redis.call('HSET', import, 'updated', now)
return {table.concat(befores), table.concat(oks), finished, unpack(refused)}
