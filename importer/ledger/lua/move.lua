-- move: changes rows' states along the transition table, with counters and reasons, all or nothing per row. Rows that
-- follow each other and change alike are one run, which is read, counted and written at once. Chunks are kept in the
-- same step: there is no moment in which a row is queued and its chunk is not there.
-- KEYS  1 import hash, 2 rows string, 3 reasons hash, 4 tries hash, 5 attempts hash, 6 times string, 7 epochs hash,
--       8.. chunks to keep
-- ARGV  1 1 to move only rows that are new, 2 seconds to keep the chunks, then the content of each chunk, then nine
--       per run: first row, number of rows, new state, flags to set, flags to clear (TRIED and MAYBE_SENT, summed), 1
--       to count a failed try, 1 if a settled row may not be opened again, reason ('' leaves it, '-' deletes it), the
--       call that is behind it in two words ('' for none worth keeping)
-- A row's tries begin anew when its state changes, but not on the way through sending, which is only a moment of a
-- try. Times holds two bytes for each row, when it was settled, then two for each chunk, when it was first kept. A
-- person's later change of a settled row leaves its time: that is when its call was made.
-- Maybe-sent is set even where the change is forbidden: the attempt was made, whatever has become of the row
-- meanwhile. A row whose email Qflow could not send, as it said before this answer of the call was there, goes on to
-- refused in the same step.
-- Result: {1 if this call finished the import, the bytes before of all runs' rows, '1' or '0' for each: moved (or
-- already there), then the row, state before and reason of each that went on to refused}; the strings are empty if
-- the import has expired
local import, rows, reasons, tries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local attempts, times, epochs = KEYS[5], KEYS[6], KEYS[7]
local only_new, first_run = ARGV[1] == '1', #KEYS - 4
local now = now_ms()
local function open(state) return class(state) == OPEN end

-- The record of an import that has expired is not made anew: its other rows would look as if they had never been
-- called, and their guests as if they could be emailed. But one that Redis has lost may be made anew by its importer.
local of = redis.call('HMGET', import, 'rows', 'chunk', 'started', 'failing')
local all_rows, rows_to_a_chunk, started = tonumber(of[1]), tonumber(of[2] or 0), tonumber(of[3] or now)
if not all_rows then
  for i = first_run, #ARGV - 1, 9 do
    if tonumber(ARGV[i + 3]) >= MAYBE_SENT then note_called(import, tonumber(ARGV[i]), tonumber(ARGV[i + 1])) end
  end
  return {0, '', ''}
end

-- A hash that is not there has nothing that could be deleted from it.
local explained, counted = redis.call('EXISTS', reasons) == 1, redis.call('EXISTS', tries) == 1
local aged = redis.call('EXISTS', epochs) == 1

-- fate returns what becomes of a row in a run, which is the same for all rows with the same byte.
local function fate(byte, to, set, clear, held)
  local from, tried, maybe, epoch = split(byte)
  local f = {from = from, after = byte}
  f.allowed = from == to or allowed(TRANSITIONS, from, to) and (from == NEW or not only_new)
  if held and open(to) and not open(from) then f.allowed = false end
  if to == SUPPRESSED and maybe and clear < MAYBE_SENT then f.allowed = false end -- its email may be out
  if f.allowed then
    tried = (tried or set % MAYBE_SENT >= TRIED) and clear % MAYBE_SENT < TRIED
    maybe = (maybe or set >= MAYBE_SENT) and clear < MAYBE_SENT
    f.after = join(to, tried, maybe, epoch)
    f.anew = from ~= to and (from ~= SENDING or not open(to))
    f.settled = from ~= to and not open(to) and (open(from) or held)
  elseif set >= MAYBE_SENT and not maybe then
    f.after = join(from, tried, true, epoch)
  end
  f.char, f.ok = string.char(f.after), f.allowed and '1' or '0'
  return f
end

-- explain keeps a moved row's reason and tries.
local function explain(row, anew, try, reason)
  if reason ~= '-' and reason ~= '' then
    redis.call('HSET', reasons, row, reason)
    explained = true
  elseif reason == '-' and explained then
    redis.call('HDEL', reasons, row)
  end
  if try and not anew then
    redis.call('HINCRBY', tries, row, 1)
    counted = true
  elseif anew and counted then
    redis.call('HDEL', tries, row)
  end
end

-- attempt adds a call to a row's list of them, of which the last few are kept.
local function attempt(row, call)
  local list = (redis.call('HGET', attempts, row) or '') .. now .. ' ' .. call .. '\n'
  while #list > 500 do list = string.sub(list, string.find(list, '\n', 1, true) + 1) end
  redis.call('HSET', attempts, row, list)
end

-- moment is now in two bytes: the seconds since the import has begun, the coarser the more they are (times.go). A row
-- that is settled after half a year has none.
local function moment()
  local since, code = math.max(math.floor(now / 1000) - math.floor(started / 1000), 0), 1
  for _, part in ipairs({{1, 32768}, {60, 16384}, {900, 16383}}) do
    local unit, many = part[1], part[2]
    if since < unit * many then
      code = code + math.floor(since / unit)
      return string.char(math.floor(code / 256), code % 256)
    end
    since, code = since - unit * many, code + many
  end
  return '\0\0'
end

-- date writes now to so many places, from one on. The string is made as long as it will ever be: to one that grows
-- Redis gives up to a megabyte more.
local stamp
local function date(place, many)
  if not stamp then
    stamp = moment()
    if redis.call('EXISTS', times) == 0 then
      local chunks = rows_to_a_chunk > 0 and math.ceil(all_rows / rows_to_a_chunk) or 0
      redis.call('SETRANGE', times, math.max(2 * (all_rows + chunks) - 1, 0), '\0')
      local left = redis.call('PTTL', import)
      if left > 0 then redis.call('PEXPIRE', times, left) end
    end
  end
  redis.call('SETRANGE', times, 2 * place, string.rep(stamp, many))
end

-- refuse takes such rows to refused, among so many from one on, once no call is on its way. Where the answer left
-- nothing that may be out, a failure of an earlier email does not count against the row.
local refused = {}
local function refuse(first, count, deltas)
  for row = first, first + count - 1 do
    local why = redis.call('HGET', failing(import), row)
    local state, _, maybe, epoch = split(read(rows, row))
    if why and not calling(state, maybe) then
      redis.call('HDEL', failing(import), row)
      if state == ACCEPTED or state == UNKNOWN then
        write(rows, row, join(REFUSED, true, false, epoch))
        deltas[state], deltas[REFUSED] = (deltas[state] or 0) - 1, (deltas[REFUSED] or 0) + 1
        redis.call('HSET', reasons, row, why)
        redis.call('HDEL', tries, row)
        refused[#refused + 1], refused[#refused + 2], refused[#refused + 3] = row, state, why
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

local befores, moved, deltas = {}, {}, {}
for i = first_run, #ARGV - 1, 9 do
  local first, count, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local set, clear = tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  local try, held, reason, call = ARGV[i + 5] == '1', ARGV[i + 6] == '1', ARGV[i + 7], ARGV[i + 8]
  local before = redis.call('GETRANGE', rows, first - 1, first + count - 2)
  before = before .. string.rep('\0', count - #before) -- rows never written are new
  local fates, after, oks, settled = {}, {}, {}, 0 -- settled: so many rows before this one, one after the other
  for n = 1, count do
    if call ~= '' then attempt(first + n - 1, call) end
    local byte = string.byte(before, n)
    local f = fates[byte]
    if not f then
      f = fate(byte, to, set, clear, held)
      fates[byte] = f
    end
    after[n], oks[n] = f.char, f.ok
    if f.settled then
      settled = settled + 1
    elseif settled > 0 then
      date(first + n - 2 - settled, settled)
      settled = 0
    end
    if f.allowed then
      deltas[f.from] = (deltas[f.from] or 0) - 1
      deltas[to] = (deltas[to] or 0) + 1
      explain(first + n - 1, f.anew, try, reason)
      if aged and clear >= MAYBE_SENT then redis.call('HDEL', epochs, first + n - 1) end
    end
  end
  if settled > 0 then date(first + count - 1 - settled, settled) end
  after = table.concat(after)
  if after ~= before then redis.call('SETRANGE', rows, first - 1, after) end
  befores[#befores + 1], moved[#moved + 1] = before, table.concat(oks)
  if of[4] then refuse(first, count, deltas) end
end
if of[4] and redis.call('EXISTS', failing(import)) == 0 then redis.call('HDEL', import, 'failing') end

local finished = recount(import, deltas)
redis.call('HSET', import, 'updated', now)
local left = redis.call('PTTL', import) -- an import's keys expire together
for i = 2, 5 do -- times and epochs have theirs from the moment they are made
  if left > 0 and redis.call('PTTL', KEYS[i]) == -1 then redis.call('PEXPIRE', KEYS[i], left) end
end
return {finished, table.concat(befores), table.concat(moved), unpack(refused)}
