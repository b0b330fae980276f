-- rows: what every script of rows is given. It stands behind the constants of script.go (the states by name, TRIED,
-- MAYBE_SENT, CLASSES, TRANSITIONS and so on), and in front of the script itself.
-- A row's byte holds the state in the low four bits, the epoch of its gates (modulo four) in the next two, and the
-- flags TRIED and MAYBE_SENT. States from BEYOND on have no epoch: its bits say which of them it is. Redis' Lua has no
-- integers and not every server has its bit library, so flags are taken apart by arithmetic.

-- split returns the state, whether it is tried, whether it is maybe sent, and the epoch.
local function split(byte)
  local state, tried, maybe, epoch = byte % 16, byte % MAYBE_SENT >= TRIED, byte >= MAYBE_SENT, math.floor(byte / 16) % 4
  if state == BEYOND then return BEYOND + epoch, tried, maybe, 0 end
  return state, tried, maybe, epoch
end

local function join(state, tried, maybe, epoch)
  local two_bits = state >= BEYOND and state - BEYOND or epoch
  return math.min(state, BEYOND) + 16 * two_bits + (tried and TRIED or 0) + (maybe and MAYBE_SENT or 0)
end

-- class returns what a state means to those who wait: OPEN, SETTLED or RELEASED.
local function class(state)
  return string.sub(CLASSES, state + 1, state + 1)
end

-- allowed reports whether a table such as TRANSITIONS lets a row go from one state to another.
local function allowed(transitions, from, to)
  return string.sub(transitions, from * STATES + to + 1, from * STATES + to + 1) == '1'
end

local function read(rows, row)
  local b = redis.call('GETRANGE', rows, row - 1, row - 1)
  return b == '' and 0 or string.byte(b)
end

local function write(rows, row, byte)
  redis.call('SETRANGE', rows, row - 1, string.char(byte))
end

-- spans_of adds the spans of a list of places, which are rows counted from 0, to others: '6 8-11' are the rows
-- {7, 7, '#6'} and {9, 12, '#8'}. The third is the place as BITFIELD has it: to write a number as a text costs more than
-- to send it.
local function spans_of(list, spans)
  for first, last in string.gmatch(list, '(%d+)-?(%d*)') do
    local row = first + 1
    spans[#spans + 1] = {row, last ~= '' and last + 1 or row, '#' .. first}
  end
end

-- bitfield reads or writes many numbers of a string by one command; nil where the server has none, as the embedded
-- store. Lua's stack takes eight thousand values, and an operation has three or four.
local function bitfield(key, operations)
  local values = {}
  for i = 1, #operations, 3600 do
    local part = redis.pcall('BITFIELD', key, unpack(operations, i, math.min(i + 3599, #operations)))
    if type(part) ~= 'table' or part.err then return nil end
    if #operations <= 3600 then return part end
    for _, value in ipairs(part) do values[#values + 1] = value end
  end
  return values
end

-- read_all returns the bytes of the rows of spans, by row. Those that stand alone are read together.
local function read_all(rows, spans)
  local bytes, alone, gets, n = {}, {}, {}, 0
  for _, span in ipairs(spans) do
    local first, last = span[1], span[2]
    if first == last then
      alone[#alone + 1] = first
      gets[n + 1], gets[n + 2], gets[n + 3] = 'GET', 'u8', span[3]
      n = n + 3
    else
      local text = redis.call('GETRANGE', rows, first - 1, last - 1)
      for row = first, last do bytes[row] = string.byte(text, row - first + 1) or 0 end -- never written: new
    end
  end
  local values = bitfield(rows, gets)
  for i, row in ipairs(alone) do bytes[row] = values and values[i] or read(rows, row) end
  return bytes
end

-- put_all writes numbers of one or two bytes, which are texts, to places of a string: {'#6', '200', '#8', '201'}.
local function put_all(key, size, numbers)
  local sets, type_of_number, n = {}, 'u' .. 8 * size, 0
  for i = 1, #numbers, 2 do
    sets[n + 1], sets[n + 2], sets[n + 3], sets[n + 4] = 'SET', type_of_number, numbers[i], numbers[i + 1]
    n = n + 4
  end
  if bitfield(key, sets) then return end
  for i = 1, #numbers, 2 do
    local low = string.char(numbers[i + 1] % 256)
    local bytes = size == 1 and low or string.char(math.floor(numbers[i + 1] / 256)) .. low
    redis.call('SETRANGE', key, size * string.sub(numbers[i], 2), bytes)
  end
end

-- write_all writes the bytes of the rows of spans that have changed; of a span that has, all.
local function write_all(rows, spans, bytes, changed)
  local alone, as_text = {}, {}
  for _, span in ipairs(spans) do
    local first, last = span[1], span[2]
    if first == last then
      local byte = changed[first] and bytes[first]
      if byte then
        as_text[byte] = as_text[byte] or tostring(byte)
        alone[#alone + 1], alone[#alone + 2] = span[3], as_text[byte]
      end
    else
      local text, any = {}, false
      for row = first, last do
        any = any or changed[row]
        text[#text + 1] = string.char(bytes[row])
      end
      if any then redis.call('SETRANGE', rows, first - 1, table.concat(text)) end
    end
  end
  put_all(rows, 1, alone)
end

-- calling reports whether a call for a row's email may be in flight: also for one that is parked, by which a gate is
-- probed, and for one that a person has cancelled meanwhile.
local function calling(state, maybe)
  local may_be = state == QUEUED or state == PARKED or state == PARKED_TRIED or state == CANCELLED
  return state == SENDING or maybe and may_be
end

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- is_unsent reports whether a row waits, and no email of its can be out, whether its guest is being written or not.
local function is_unsent(state, maybe)
  return (state == QUEUED or state == PARKED or state == PARKED_TRIED) and not maybe
end

-- is_unbegun reports whether a row waits, and no email of its can be out: no call that may queue one was begun without
-- a clear answer, and no write of its guest is on its way, which would come after that of another row. The writes of
-- an import are on their way until a moment at most, which begin.lua notes.
local function is_unbegun(import, state, tried, maybe)
  if not is_unsent(state, maybe) then return false end
  return not tried or now_ms() >= tonumber(redis.call('HGET', import, 'writing') or 0)
end

-- failing is a hash of the rows of which Qflow has reported, while their calls were in flight, that it could not send
-- the email: row to reason. emailevent's record.lua writes it and move.lua applies it once the answer is there. The
-- import's field of that name says that there is one, so that nothing is read where there is none. Its key is built
-- here, like that of notifications.
local function failing(import)
  return import .. ':failing'
end

-- run_id names the run of a server. A restart changes it, and so does a failover to a replica. Managed servers may
-- forbid the question.
local function run_id()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end

-- notifications is the list of imports that have finished and are still to be announced, by when they finished. Its
-- key is built here, on the same slot, since every script that changes a state would have to be given it.
local function notifications(import)
  return string.match(import, '^(.-:)import:') .. 'news'
end

-- running is the set of imports that have not finished.
local function running(import)
  return string.match(import, '^(.-:)import:') .. 'running'
end

local function id_of(import)
  return string.match(import, ':import:(.*)$')
end

-- in_flight is 1 while the call of a row in sending may be in flight, from a process that is alive, and while one of a row
-- may be that was marked maybe-sent more than once. Else it is the word of the last process that has lifted such a mark.
local function in_flight(import, row)
  return import .. ':sending:' .. row
end

-- An epoch counts how often a gate has closed. The two bits of a row's byte hold it while it is below four; from then
-- on a hash beside them does, of rows marked maybe-sent alone, since gates of most accounts close less often.
local function epoch_of(epochs, row, bits)
  return tonumber(redis.call('HGET', epochs, row)) or bits
end

-- expire_with gives a key the time to live of its import.
local function expire_with(import, key)
  local left = redis.call('PTTL', import)
  if left > 0 and redis.call('PTTL', key) == -1 then redis.call('PEXPIRE', key, left) end
end

-- called is a set of the rows of an import that Redis has lost, for which a call may have been made. It is kept for
-- as long as an importer may take to enqueue them again (missingFor), since the process that made the calls may be
-- gone by then.
local function called(import)
  return import .. ':called'
end

local function note_called(import, first, count)
  for row = first, first + count - 1 do redis.call('SADD', called(import), row) end
  redis.call('EXPIRE', called(import), 300)
end

-- mark_called marks them maybe-sent in a record that has just been made.
local function mark_called(import)
  local rows, list = import .. ':rows', redis.call('SMEMBERS', called(import))
  for _, row in ipairs(list) do write(rows, row, join(NEW, false, true, 0)) end
  if list[1] then expire_with(import, rows) end
  redis.call('DEL', called(import))
end

-- set_epoch keeps a row's epoch and gives the bits for its byte.
local function set_epoch(import, epochs, row, epoch)
  if epoch >= 4 then
    redis.call('HSET', epochs, row, epoch)
    expire_with(import, epochs)
  end
  return epoch % 4
end

-- finish stamps an import that has no open row, and puts it on the list of notifications in the same step, so that
-- none is lost by a kill.
local function finish(import)
  local now = now_ms()
  if redis.call('HSETNX', import, 'finished', now) == 0 then return 0 end
  redis.call('ZADD', notifications(import), now, id_of(import))
  redis.call('SREM', running(import), id_of(import))
  return 1
end

-- recount applies {state = delta} to the import's counters (n and the state's number), and stamps or lifts 'finished'
-- when no row is open. Where rows are left in an open state that some have left, nothing else has to be looked at: the
-- import was not finished, and is not now.
local function recount(import, deltas)
  local still_open = false
  for state, delta in pairs(deltas) do
    local rows_left = delta ~= 0 and redis.call('HINCRBY', import, 'n' .. state, delta) or 0
    still_open = still_open or delta < 0 and rows_left > 0 and class(state) == OPEN
  end
  if still_open then return 0 end
  local open = 0
  for _, n in ipairs(redis.call('HMGET', import, unpack(OPEN_COUNTS))) do open = open + (tonumber(n) or 0) end
  if open > 0 then
    if redis.call('HDEL', import, 'finished') == 1 then redis.call('SADD', running(import), id_of(import)) end
    return 0
  end
  return finish(import)
end
