-- record: adds an event of a row's email to those that are known, and moves the row to the state that follows from
-- all of them. That state is a function of the set of events, so repeats change nothing, nor does the order in which
-- events arrive.
-- KEYS  1 import hash, 2 rows string, 3 reasons hash, 4 tries hash, 5 events of the row and its neighbours, 6 this
--       delivery
-- ARGV  1 row, 2 its field in 5, 3 the event: its letter, its invitation (4 bytes), its time (4 bytes), 4 most bytes
--       of events to keep of a row, 5 milliseconds to know the delivery by, then for each letter that wants a reason:
--       letter, reason
-- Events are written with the letters of encode.go (EVENT_SENT and so on), in EVENT_SIZE bytes. EVENT_TRANSITIONS is
-- the table of emailevent.go.
-- Result: {effect, state before, state now, 1 if this call finished the import, the letter of the reason if it
-- moved}. Effects:
--   gone      no such row
--   repeated  this delivery has been recorded before
--   busy      recorded; the row's call is in flight, and its answer would overwrite the event: move.lua applies it
--             after that
--   known     the event has been recorded before, from another delivery
--   noted     recorded; the row stays as it is
--   moved     recorded, and the row has moved
local import, rows, reasons, tries, events, once = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local row, field, event = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local why = {}
for i = 6, #ARGV, 2 do why[ARGV[i]] = ARGV[i + 1] end

-- What an event means for its invitation. Of the events of one the worst wins, whatever came first: an email that was
-- delivered may still bounce or be complained about, and one that bounced is not delivered later on.
local MEANING = {
  [EVENT_SENT] = 'out', [EVENT_DEFERRED] = 'out',
  [EVENT_DELIVERED] = 'there', [EVENT_OPENED] = 'there', [EVENT_CLICKED] = 'there',
  [EVENT_FAILED] = 'failed',
  [EVENT_BOUNCED] = 'back', [EVENT_DROPPED] = 'back', [EVENT_SPAM] = 'back', [EVENT_UNSUBSCRIBED] = 'back',
}

local function verdict(of)
  if of.back then return UNDELIVERABLE, of.back, 3 end
  if of.there then return DELIVERED, nil, 4 end
  if of.out then return ACCEPTED, nil, 2 end
  return REFUSED, of.failed, 1
end

-- judge weighs a row's invitations: it has one email, but a person may have had it sent again. One that arrived
-- counts most.
local function judge(all)
  local invitations = {}
  for at = 1, #all, EVENT_SIZE do
    local letter, tag = string.sub(all, at, at), string.sub(all, at + 1, at + 4)
    local of, act = invitations[tag] or {}, MEANING[letter]
    invitations[tag] = of
    if act and (not of[act] or letter < of[act]) then of[act] = letter end
  end
  local to, letter, weight = nil, nil, 0
  for _, of in pairs(invitations) do
    local t, l, w = verdict(of)
    if w > weight or (w == weight and l and l < letter) then to, letter, weight = t, l, w end
  end
  return to, letter
end

local function known(all)
  for at = 1, #all, EVENT_SIZE do
    if string.sub(all, at, at + 4) == string.sub(event, 1, 5) then return true end
  end
  return false
end

local function record()
  local total = redis.call('HGET', import, 'rows')
  if not total or row < 1 or row > tonumber(total) then return {'gone', NEW, NEW, 0, ''} end
  local state, tried, maybe, epoch = split(read(rows, row))
  local all = redis.call('HGET', events, field) or ''
  if known(all) then return {'known', state, state, 0, ''} end
  if #all + EVENT_SIZE <= tonumber(ARGV[4]) then
    redis.call('HSET', events, field, all .. event)
    expire_with(import, events)
  end
  local to, reason = judge(all .. event)
  local letter = string.sub(event, 1, 1)
  if to ~= REFUSED then
    redis.call('HDEL', failing(import), row)
  elseif letter == EVENT_FAILED and calling(state, maybe) then
    redis.call('HSET', failing(import), row, why[reason])
    redis.call('HSET', import, 'failing', 1)
    expire_with(import, failing(import))
    return {'busy', state, state, 0, ''}
  end
  if to == state and to == UNDELIVERABLE then -- the weightier reason of two
    redis.call('HSET', reasons, row, why[reason])
  end
  if not to or to == state or not allowed(EVENT_TRANSITIONS, state, to) then
    return {'noted', state, state, 0, ''}
  end
  write(rows, row, join(to, tried or to == REFUSED, false, epoch)) -- nothing is uncertain any more
  if reason and why[reason] then
    redis.call('HSET', reasons, row, why[reason])
    expire_with(import, reasons)
  else
    redis.call('HDEL', reasons, row)
  end
  redis.call('HDEL', tries, row)
  redis.call('HSET', import, 'updated', now_ms())
  return {'moved', state, to, recount(import, {[state] = -1, [to] = 1}), reason or ''}
end

if redis.call('EXISTS', once) == 1 then return {'repeated', NEW, NEW, 0, ''} end
local result = record()
redis.call('SET', once, 1, 'PX', ARGV[5])
return result
