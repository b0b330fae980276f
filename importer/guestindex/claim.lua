-- claim: makes rows the owners of their guests and of their guests' emails, or returns who is. Running it again for a
-- row that owns already gives the same verdict, so a killed importer or worker simply asks again.
-- KEYS  1 own rows string, 2.. for each row its bucket of the guest index, and where contacts are given also those of
--       its address and of its name
-- ARGV  1 prefix of import keys, 2 own import id (8 characters), 3 seconds to keep the index, 4 1 to write nothing
--       and only return what would be, 2 the same of an import that writes nothing of known guests (of one that has
--       begun its record says that), 5 and 6 first and last row, 7 a digit for each row, which names the buckets
--       that are to be kept for so long from now (1 the guest's, 2 the address's, 4 the name's), 8 1 if contacts are
--       given, 2 if they are and a chosen column tells guests apart, 9 how many events the rows have, then each and
--       the size by which its buckets were chosen (size.go), then per row: guest id (16 bytes), the record of
--       the guest if the index does not know him yet, and where contacts are given the fields of address and name
--       ('' none) and the decision on a near miss, with other spellings before it (contacts.go)
-- Result: a verdict's letter per row, the bytes of all rows from first to last, a digit per row that says what follows
-- of it (1 the id that the guest is known by, 2 an owner's import id and row; nothing follows of what a look alone says: 4
-- that so many guests have his name that it says nothing, 8 that the row's email is another row's, which has not sent it
-- or is sending it, 16 that it is no other row's, 32 that the guest is otherwise than the row where it is), as a
-- character (0 to o), and this in turn, with the guests who
-- are like the row for every NEAR: how many, then of each the id, 1 for the same address plus 2 for the same name plus
-- 4 if that is only of a held row, and the owner's import id and row
-- If an event has another size by now, nothing is done: 'sizes', and each event with its size.
-- Verdicts, whose letters claims.go defines:
--   CREATE           do what the row says (a set TRIED flag in the byte means that the guest may exist: its email
--                    goes by /comms/send)
--   UPDATE           the guest may exist with other content and has its email: write the content, send nothing
--   UPDATE_AND_SEND  the guest may exist with other content and lacks this email: write the content, then send
--   SEND             the guest exists, with the content of an import that was begun later, or of one before where this
--                    one writes nothing of known guests, and lacks this email: send, write nothing; the owner is the
--                    row that has written him. Of a look also a guest who is as the row wants him, and has another email
--   SEND_FIRST       only of a look: SEND of a guest who is known to have no other email
--   UNCHANGED        nothing to do: the owner has done it, or it is another import that decides, as with SEND
--   DUPLICATE        an earlier row of this import is the same guest
--   WAIT             the guest is owned by another import that is not done with it, whose record is kept until it is
--   REPLACE          WAIT, and the owner of the email, an earlier import's row, has not begun: the email can go as this
--                    row has the guest, once the owner is cancelled (package correction)
--   WAIT_WRITTEN     only of a look: WAIT, and REPLACE as soon as a write of the guest, which was begun within the last minute, is
--                    over, unless the email has left by then
--   WAIT_UNSENT      only of a look: WAIT, and an email of the owner that is not this row's has not begun: it goes as
--                    that one has the guest
--   NEAR             the guest is new, and may be a known one whose name, address or key has changed: nothing is claimed.
--                    Or he has the key of a known one, and neither his name nor his address
-- Where the guest is as the row wants it, its content is the row's from now on. UPDATE and UNCHANGED are written in
-- upper case where the owner of the guest's email rests in unknown, or the owner of its content does, which was begun
-- later. A record is: what is known of the guest (ABSENT before its owner, MAYBE_THERE before its owner, or AS_WANTED
-- by its owner, see record.go), content hash (8), owner (12), then per email: template hash (4), owner (12): 37 bytes
-- for a guest with one email, which keeps the buckets in their compact form. An owner is an import id and a row in 4
-- big-endian bytes. ALIAS and a guest id stand in place of a record where a person has said that the row is that
-- guest. An address or a name has the ids of its guests, four to an entry: more than 64 bytes would end the compact
-- form. An id with MAYBE_HIS in it is of a guest whose it may be: a row with it was held. Rows of other imports, and
-- records of other guests, are read by keys built here, on the same slot.
local own_rows, prefix, own, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local only_look, renew, contacts, by_column = ARGV[4] ~= '0', ARGV[7], ARGV[8] ~= '0', ARGV[8] == '2'
local resend = redis.call('HGET', prefix .. own, 'resend') or ''
local own_import = prefix .. own
local leaves_known = ARGV[4] == '2' or redis.call('HGET', own_import, 'leaves_known') == '1' -- those who are known, as they are
local account = string.match(prefix, '^(.-:)import:')

-- Events by what keys of their buckets begin with. All of them have the size that the caller supposes, or it asks again.
local events, rows_from = {}, 10 + 2 * ARGV[9]
local sizes, resized, only_base = {'sizes'}, false, nil
for e = 10, rows_from - 1, 2 do
  local event, supposed = ARGV[e], ARGV[e + 1]
  local size = redis.call('HGET', account .. 'indexed:' .. event, 'size') or ''
  sizes[#sizes + 1], sizes[#sizes + 2] = event, size
  resized = resized or size ~= supposed
  only_base = account .. 'guests:' .. event .. ':'
  events[only_base] = {name = event, size = tonumber(size)}
end
if resized then return sizes end
if #sizes > 3 then only_base = nil end

-- base_of returns what keys of an event's buckets begin with, of one of them.
local function base_of(bucket) return only_base or string.match(bucket, '^.*:') end

-- bucket_by returns the bucket of a hash, among so many; bucket_of that of a guest in an event.
local function bucket_by(base, size, hash)
  local a, b, c = string.byte(hash, 1, 3)
  if not size then return base .. string.format('%02x%x', a, math.floor(b / 16)) end
  return base .. string.format('%d-%x', size, math.floor((a * 65536 + b * 256 + c) / 2 ^ (24 - size)))
end

local function bucket_of(base, id) return bucket_by(base, events[base].size, id) end

-- again is the hash of an email that an import with a mark sends again: no guest has had it yet.
local function again(template, mark)
  local digest = redis.sha1hex(template .. mark)
  return (string.gsub(string.sub(digest, 1, 8), '..', function(hex) return string.char(tonumber(hex, 16)) end))
end

-- anew makes the record of a row that sends again one of both: of the email that is sent again, and of the email itself,
-- which the guest has had then, whether he had it before or not.
local function anew(new)
  local guest, template, owner = string.sub(new, 1, 21), string.sub(new, 22, 25), string.sub(new, 26)
  return guest .. again(template, resend) .. owner .. template .. owner, template
end

local function import_and_row(owner)
  local a, b, c, d = string.byte(owner, 9, 12)
  return string.sub(owner, 1, 8), ((a * 256 + b) * 256 + c) * 256 + d
end

local imports = {} -- by id the key, or false where the record is gone: nearly all owners are of one or two

local function import_of(id)
  if imports[id] == nil then
    local import = prefix .. id
    imports[id] = redis.call('HEXISTS', import, 'rows') == 1 and import
  end
  return imports[id]
end

-- order is an import's place among all of the account: by a count of those begun, or for one of an earlier version,
-- all of which come before, by its start. One that is only looked at is not begun yet, and comes last. One that sends
-- emails again of another has the place of that one (and its start, in word): what it says of guests is no newer.
local orders = {}
local function order(id)
  if not orders[id] then
    local import = import_of(id)
    local of = import and redis.call('HMGET', import, 'order', 'started', 'word') or {}
    local absent = only_look and id == own and math.huge or -1
    orders[id] = import and {tonumber(of[1]) or 0, tonumber(of[3] or of[2]) or 0} or {absent, 0}
  end
  return orders[id]
end

-- later reports whether an owner's import was begun after this one. The newest word decides a guest's content.
local function later(owner)
  local a, b = order(string.sub(owner, 1, 8)), order(own)
  if a[1] ~= b[1] then return a[1] > b[1] end
  return a[2] > b[2]
end

-- at_work reports whether an importer is at an owner's import.
local function at_work(owner)
  local over = redis.call('ZSCORE', account .. 'importing', string.sub(owner, 1, 8))
  return over and tonumber(over) > now_ms()
end

-- judge returns the class of an owner's row, its flags and its state. A row that is still new is released whatever
-- its import says: no worker has it, and none may ever get it, if its importer was killed and its file changed. If
-- the importer is only slow, its row is queued later, and its worker claims once more before any call; then this row
-- is the owner that it waits for. A row never becomes new again. A ledger that has expired was done long ago: one
-- that is waited for does not expire (hold).
local judged = {} -- rows of other imports, which nothing here changes
local function judge(owner)
  if judged[owner] then return unpack(judged[owner]) end
  local id, row = import_and_row(owner)
  local import = import_of(id)
  if not import then return SETTLED, false, false, 0, -1 end
  local state, tried, maybe, bits = split(read(import .. ':rows', row))
  local epoch = maybe and epoch_of(import .. ':epochs', row, bits) or bits
  local as = {state == NEW and RELEASED or class(state), tried, maybe, epoch, state}
  if id ~= own then judged[owner] = as end
  return unpack(as)
end

local kept = {}
local function keep(key)
  if kept[key] then return end
  kept[key] = true
  local left = redis.call('PTTL', key)
  if left >= 0 and left < ttl * 500 then redis.call('EXPIRE', key, ttl) end -- less than half of its time
end

-- note_wait notes for which imports rows of this one wait, or have: who else waits for the same one may have the same
-- guests (Awaited in package ledger).
local waits_for = nil
local function note_wait(id)
  waits_for = waits_for or redis.call('HGET', own_import, 'waits_for') or ''
  if string.find(waits_for, id, 1, true) or not import_of(own) then return end
  waits_for = waits_for .. id .. ' '
  redis.call('HSET', own_import, 'waits_for', waits_for)
end

-- hold keeps the record of an owner's row, and the chunk by which it can still be worked on, while another row waits
-- for it.
local function hold(owner)
  local id, row = import_and_row(owner)
  local import = prefix .. id
  note_wait(id)
  local rows_to_a_chunk = tonumber(redis.call('HGET', import, 'chunk') or 0)
  if rows_to_a_chunk > 0 then keep(import .. ':chunk:' .. math.floor((row - 1) / rows_to_a_chunk)) end
  for _, of in ipairs({'', ':rows', ':reasons', ':tries', ':attempts', ':times', ':epochs', ':addresses', ':former'}) do keep(import .. of) end
  redis.call('HSET', import, 'awaited', 1)
end

-- waiting is the verdict of a row that waits for an owner, with what is known of the guest's emails; differs is whether
-- the guest has another content than the row.
local function waiting(owner, mailer, differs, emails)
  if not differs or resend ~= '' or leaves_known or later(owner) then return WAIT end
  local id, row = import_and_row(owner)
  local _, tried, maybe, _, state = judge(owner)
  local being_written = not is_unbegun(prefix .. id, state, tried, maybe)
  if being_written and not (only_look and is_unsent(state, maybe)) then return WAIT end
  if mailer ~= owner then
    for at = 5, only_look and #emails or 0, 16 do
      if string.sub(emails, at, at + 11) == owner then return WAIT_UNSENT end
    end
    return WAIT
  end
  if being_written then return WAIT_WRITTEN end
  return redis.call('HGET', own_import, 'stopped') == 'cancelled' and WAIT or REPLACE
end

local function find_email(emails, template)
  for at = 1, #emails, 16 do
    if string.sub(emails, at, at + 3) == template then return at, string.sub(emails, at + 4, at + 15) end
  end
end

-- sent_anew returns the row that has sent an email again to a guest of whom nothing else says that he has had it: a
-- version before noted only that.
local marks = {}
local function sent_anew(emails, template)
  for at = 1, #emails, 16 do
    local owner = string.sub(emails, at + 4, at + 15)
    local id = string.sub(owner, 1, 8)
    if marks[id] == nil then marks[id] = redis.call('HGET', prefix .. id, 'resend') or '' end
    if marks[id] ~= '' and string.sub(emails, at, at + 3) == again(template, marks[id]) then
      local kind, _, _, _, state = judge(owner)
      if kind ~= RELEASED and state ~= SUPPRESSED then return at, owner end
    end
  end
end

-- count_as_had notes that a row which sends an email again sends the email itself, unless another row has.
local function count_as_had(emails, template, self)
  local at, mailer = find_email(emails, template)
  if not at then return emails .. template .. self end
  local kind, _, _, _, state = judge(mailer)
  if mailer == self or kind ~= RELEASED and state ~= SUPPRESSED then return emails end
  return string.sub(emails, 1, at + 3) .. self .. string.sub(emails, at + 16)
end

-- flag hands down what an earlier import's row knows: an epoch only with the attempt that it belongs to.
local function flag(owner, tried, maybe, epoch)
  if not tried and not maybe then return end
  local _, row = import_and_row(owner)
  local state, t, m, e = split(read(own_rows, row))
  if (tried and not t) or (maybe and not m) then
    if maybe and not m then e = set_epoch(own_import, own_import .. ':epochs', row, epoch) end
    write(own_rows, row, join(state, t or tried, m or maybe, e))
  end
end

-- left_behind reports whether a row of ours has taken a guest over in an earlier version, which did not note in the
-- record that the guest may be there with what the owner before had written. Only the flag of the row says so, as it
-- does after a refused call of its own; then the content is written once more.
local function left_behind(self)
  if order(own)[1] > 0 then return false end
  local _, row = import_and_row(self)
  local _, tried, maybe = split(read(own_rows, row))
  return tried and not maybe
end

-- has_contacts reports whether addresses and names of an owner's guests are in the index: those of imports that an
-- earlier version began are entered as the guests are met.
local with_contacts = {}
local function has_contacts(owner)
  local id = string.sub(owner, 1, 8)
  if with_contacts[id] == nil then with_contacts[id] = redis.call('HEXISTS', prefix .. id, 'contacts') == 1 end
  return with_contacts[id]
end

-- How many ids are in an entry, and how many entries an address or a name may have. A name that more people have says
-- nothing of any of them.
local entry_bytes = 4 * 16
local address_entries = 16
local name_entries = 1

-- Of how many guests it is noted that a row may be one of them.
local most_perhaps = 4

-- guests_of returns the ids of the guests of an address or a name, one after the other.
local function guests_of(bucket, field)
  if field == '' then return '' end
  local ids, entries = redis.call('HGET', bucket, field) or '', 1
  while #ids == entries * entry_bytes do
    ids, entries = ids .. (redis.call('HGET', bucket, field .. string.char(entries)) or ''), entries + 1
  end
  return ids
end

local function among(ids, id)
  for at = 1, #ids, #id do
    if string.sub(ids, at, at + #id - 1) == id then return true end
  end
  return false
end

local function is_perhaps(id) return string.byte(id, 7) >= MAYBE_HIS end

-- displace puts a guest in the place of one who only perhaps has an address or a name, where there is no other place.
local function displace(bucket, field, ids, id)
  if is_perhaps(id) then return false end
  for at = 1, #ids, 16 do
    if is_perhaps(string.sub(ids, at, at + 15)) then
      local n = math.floor((at - 1) / entry_bytes)
      local from = n * entry_bytes
      local entry = string.sub(ids, from + 1, at - 1) .. id .. string.sub(ids, at + 16, from + entry_bytes)
      redis.call('HSET', bucket, n == 0 and field or field .. string.char(n), entry)
      return true
    end
  end
  return false
end

-- enter adds a guest to those of an address or a name, of which ids are known, and reports whether he was added.
local function enter(bucket, field, ids, id, entries)
  local at = math.floor(#ids / entry_bytes)
  if field == '' or among(ids, id) then return false end
  if at >= entries then return displace(bucket, field, ids, id) end
  redis.call('HSET', bucket, at == 0 and field or field .. string.char(at), string.sub(ids, at * entry_bytes + 1) .. id)
  return true
end

-- withdraw takes a guest from those of an address or a name, with whom he was entered (enter.lua), and returns the
-- others.
local function withdraw(bucket, field, ids, id)
  if not among(ids, id) then return ids end
  local left = ''
  for at = 1, #ids, 16 do
    local other = string.sub(ids, at, at + 15)
    if other ~= id then left = left .. other end
  end
  for n = 0, math.floor((#ids - 1) / entry_bytes) do
    local entry = string.sub(left, n * entry_bytes + 1, (n + 1) * entry_bytes)
    local as = n == 0 and field or field .. string.char(n)
    if entry == '' then redis.call('HDEL', bucket, as) else redis.call('HSET', bucket, as, entry) end
  end
  return left
end

-- Where a guest has had other addresses than by his row, the import of that row keeps their digests (package suppression),
-- by row: who has said no at one of them is not mailed at the next. They are at most so many bytes, the latest first.
local former = {most = 8 * 8, kept = {}} -- kept: by import, whether it has any

function former.of(owner)
  local id, row = import_and_row(owner)
  local key = prefix .. id .. ':former'
  if former.kept[id] == nil then former.kept[id] = redis.call('EXISTS', key) == 1 end
  return former.kept[id] and redis.call('HGET', key, row) or ''
end

-- former.carry keeps with a row of ours the addresses that its guest has had by an owner's row, and before; also that row's own, where
-- ours may have another one.
function former.carry(owner, self, elsewhere)
  local all, was, id, row = former.of(self), former.of(owner), import_and_row(owner)
  local before = all
  if elsewhere or was ~= '' then
    local digest = redis.call('GETRANGE', prefix .. id .. ':addresses', 8 * (row - 1), 8 * row - 1)
    if #digest == 8 and digest ~= string.rep('\0', 8) then was = digest .. was end
  end
  for at = 1, #was, 8 do
    local digest = string.sub(was, at, at + 7)
    if #all < former.most and not among(all, digest) then all = all .. digest end
  end
  if all == before then return end
  local _, own_row = import_and_row(self)
  redis.call('HSET', own_import .. ':former', own_row, all)
  former.kept[own] = true
  expire_with(own_import, own_import .. ':former')
end

-- find returns where a guest's record is, and the record, if there is one: that of the guest that a row was said to
-- be. base is what keys of the event's buckets begin with.
local function find(base, id, aliased)
  local bucket = bucket_of(base, id)
  local rec = redis.call('HGET', bucket, string.sub(id, 5))
  if not rec or string.sub(rec, 1, 1) ~= ALIAS then return {bucket = bucket, id = id, rec = rec} end
  if aliased then return {bucket = bucket, id = id} end -- the record has expired, and the guest came back as another
  return find(base, string.sub(rec, 2), true)
end

-- being_entered reports whether guests of an import are being entered (enter.lua), or were until it was killed.
local enterings = {}
local function being_entered(id)
  if enterings[id] == nil then enterings[id] = redis.call('HGET', prefix .. id, 'entered') == UNDER_WAY end
  return enterings[id]
end

-- waits_or_leaves reports whether a row has not sent its email and may, or is sending it.
local function waits_or_leaves(owner)
  local kind, _, _, _, state = judge(owner)
  return kind == OPEN or state == NEW and at_work(owner)
end

-- is_uncompared reports whether an owner's guest may be entered without having been compared with those who are like
-- him: what is queued was compared.
local function is_uncompared(owner)
  if not being_entered(string.sub(owner, 1, 8)) then return false end
  local _, _, _, _, state = judge(owner)
  return state == NEW
end

-- came_to_be reports whether there may be a guest at Qflow by a record, now or later: not where his only owner has
-- come to nothing.
local function came_to_be(rec)
  if string.sub(rec, 1, 1) ~= ABSENT then return true end
  local owner = string.sub(rec, 10, 21)
  local kind, tried, maybe, _, state = judge(owner)
  if kind ~= RELEASED or tried or maybe then return true end
  return state == NEW and redis.call('HEXISTS', prefix .. string.sub(owner, 1, 8), 'given_up') == 0
end

-- is_awaited reports whether a row of another import may have waited for the owner of a record, and makes the guest now that
-- this one has come to nothing.
local function is_awaited(rec)
  return redis.call('HEXISTS', prefix .. string.sub(rec, 10, 17), 'awaited') == 1
end

-- is_compared reports whether the guest of a record needs no comparison with those who are like him: not one who
-- never came to be, and not one of another import that has not made it.
local function is_compared(rec)
  local owner = string.sub(rec, 10, 21)
  if string.sub(owner, 1, 8) == own then return true end
  return came_to_be(rec) and not (string.sub(rec, 1, 1) == ABSENT and is_uncompared(owner))
end

-- spelled_so returns an id as it is kept of a spelling of a name.
local function spelled_so(id)
  return string.sub(id, 1, 6) .. string.char(SPELLED_SO + string.byte(id, 7) % 16) .. string.sub(id, 8)
end

-- maybe_his returns an id as it is noted for an address or a name that may be the guest's; his returns it as it was, and
-- whether it was noted so. All ids are of one version, which stands in the upper half of the seventh byte.
local function maybe_his(id)
  return string.sub(id, 1, 6) .. string.char(MAYBE_HIS + string.byte(id, 7) % 16) .. string.sub(id, 8)
end

local function his(id)
  local version = string.byte(id, 7)
  if version < SPELLED_SO then return id, false, false end
  return string.sub(id, 1, 6) .. string.char(ID_VERSION + version % 16) .. string.sub(id, 8), version >= MAYBE_HIS, version < MAYBE_HIS
end

-- tells reports whether a name says who a guest is: not where so many have it for certain.
local function tells(by_name)
  local certain = 0
  for at = 1, #by_name, 16 do
    if not is_perhaps(string.sub(by_name, at, at + 15)) then certain = certain + 1 end
  end
  return certain * 16 < entry_bytes
end

-- alike lists the guests of other imports who have a row's address, or its name unless many have it. A guest of this
-- import is in its list, so the list itself says that they are two; so does the list of another that has the row's
-- guest as well. What may be a guest's counts where nothing else says that he is like the row. A name in another spelling says
-- nothing more of one who has the address.
local function alike(base, self, by_address, by_name, list_of, spelt)
  local list, places, sources = {}, {}, {{by_address, 1}, {by_name, 2}}
  for _, s in ipairs(spelt or {}) do
    if s.kind == SPELLED_ADDRESS then table.insert(sources, 2, {s.ids, 1}) else sources[#sources + 1] = {s.ids, 2, true} end
  end
  for _, of in ipairs(sources) do
    local name_tells = of[2] == 1 or tells(of[1])
    for at = 1, #of[1], 16 do
      local id, perhaps, spelled = his(string.sub(of[1], at, at + 15))
      local found = find(base, id)
      local place = places[found.id]
      if place then
        if (spelled or of[3]) and list[place].how ~= 2 then
          -- known by the address
        elseif not perhaps then list[place].how = (list[place].perhaps or list[place].how == of[2]) and of[2] or 3 end
        list[place].perhaps = list[place].perhaps and perhaps
      elseif name_tells and found.id ~= self and found.rec
        and string.sub(found.rec, 10, 17) ~= own and string.sub(found.rec, 10, 17) ~= list_of
        and (came_to_be(found.rec) or is_awaited(found.rec)) then
        found.how, found.perhaps = of[2], perhaps
        list[#list + 1] = found
        places[found.id] = #list
      end
    end
  end
  return list
end

-- Of a look: whether the name of the row that is looked at is that of so many guests that it says nothing, and whether
-- another row has its email and is not done with it, or none has; in the first case also whether the guest is otherwise
-- than the row.
local look = {common_name = false, email_waits = false, email_own = false, otherwise = false}

-- passes reports whether a decision lets a row be a guest of its own beside others: all of them, or those that were
-- seen when it was decided, by the first four bytes of their ids that are random.
local function passes(decision, list)
  local how, seen = string.sub(decision, 1, 1), string.sub(decision, 2)
  if how == ANYWAY then return true end
  for _, known in ipairs(list) do
    if how ~= APART or not among(seen, string.sub(known.id, 5, 8)) then return false end
  end
  return how ~= TAKE_OVER
end

local indexed = {} -- how many guests were entered with address and name, and how many aliases, by event

local function count(base, field, n)
  local event = events[base].name
  indexed[event] = indexed[event] or {}
  indexed[event][field] = (indexed[event][field] or 0) + (n or 1)
end

-- note_perhaps notes the address and the name of a row that is left out as those that known guests may have by now: a
-- list in which the other has changed as well finds them.
local function note_perhaps(contact, by_address, by_name, list)
  local certain = {}
  for _, known in ipairs(list) do
    if not known.perhaps then certain[#certain + 1] = known end
  end
  if #certain > 0 then list = certain end
  for _, of in ipairs({{contact.addresses, contact.address, by_address, address_entries}, {contact.names, contact.name, by_name, name_entries}}) do
    local ids = of[3]
    for n = 1, math.min(#list, most_perhaps) do
      local id, perhaps = list[n].id, maybe_his(list[n].id)
      if not among(ids, id) and enter(of[1], of[2], ids, perhaps, of[4]) then ids = ids .. perhaps end
    end
  end
end

-- take_spellings takes a row's spellings from before its decision: of each where its guests are, and their ids.
local function take_spellings(contact, size)
  if string.byte(contact.decision) ~= SPELLINGS then return end
  local n, all = string.byte(contact.decision, 2) - 48, {}
  for i = 1, n do
    local at = 3 + (i - 1) * SPELLING_SIZE
    local kind, hash = string.byte(contact.decision, at), string.sub(contact.decision, at + 1, at + SPELLING_SIZE - 1)
    local base = string.match(kind == SPELLED_ADDRESS and contact.addresses or contact.names, '^.*:')
    local bucket, field = bucket_by(base, size, hash), string.sub(hash, 3)
    all[i] = {kind = kind, bucket = bucket, field = field, ids = guests_of(bucket, field)}
  end
  contact.decision = string.sub(contact.decision, 3 + n * SPELLING_SIZE)
  contact.spelt = all
end

-- enter_spellings enters a guest by the spellings of a row that are kept.
local function enter_spellings(contact, id)
  for _, s in ipairs(contact.spelt or {}) do
    if (s.kind == SPELLED_ADDRESS or s.kind == SPELLED_NAME) and not among(s.ids, id) then
      local as = s.kind == SPELLED_NAME and spelled_so(id) or id
      enter(s.bucket, s.field, s.ids, as, s.kind == SPELLED_NAME and name_entries or address_entries)
      redis.call('EXPIRE', s.bucket, ttl)
    end
  end
end

-- leave_out answers for a row that is decided to be no guest.
local function leave_out(bucket, id, contact)
  local by_address, by_name = guests_of(contact.addresses, contact.address), guests_of(contact.names, contact.name)
  local list = alike(base_of(bucket), id, by_address, by_name, nil, contact.spelt)
  if not only_look then note_perhaps(contact, by_address, by_name, list) end
  return NEAR, list
end

-- admit decides on a guest whom the index does not know by his id, and who was just written there, unless it is only
-- looked at; or on one who is there with a record by which he never came to be. It returns CREATE, or NEAR with those who
-- are like him, or no verdict, but the known guest that the row is.
local function admit(bucket, id, contact, rec)
  local base, entered = base_of(bucket), {}
  local function others(of, field)
    if field ~= '' and not only_look
      and (redis.call('HSETNX', of, field, id) == 1 or not rec and redis.call('HGET', of, field) == id) then
      entered[#entered + 1] = {of, field}
      return ''
    end
    return guests_of(of, field)
  end
  local by_address, by_name = others(contact.addresses, contact.address), others(contact.names, contact.name)
  local list, list_of = {}, rec and is_uncompared(string.sub(rec, 10, 21)) and string.sub(rec, 10, 17)
  if by_address ~= '' or by_name ~= '' or contact.spelt then list = alike(base, id, by_address, by_name, list_of, contact.spelt) end
  local function withdraw_both()
    if rec then return end
    by_address = withdraw(contact.addresses, contact.address, by_address, id)
    by_name = withdraw(contact.names, contact.name, by_name, id)
  end
  local known = nil
  for _, other in ipairs(list) do
    if contact.decision == TAKE_OVER .. other.id then known = other end
  end
  if known or passes(contact.decision, list) then
    if only_look then
      look.common_name = not known and by_name ~= '' and not tells(by_name)
      return not known and CREATE or nil, known
    end
    local as = known and known.id or id
    if known then
      redis.call('HSET', bucket, string.sub(id, 5), ALIAS .. as)
      for _, e in ipairs(entered) do redis.call('HSET', e[1], e[2], as) end
      withdraw_both()
    end
    if by_address ~= '' then enter(contact.addresses, contact.address, by_address, as, address_entries) end
    if by_name ~= '' then enter(contact.names, contact.name, by_name, as, name_entries) end
    enter_spellings(contact, as)
    if not rec then count(base, known and 'aliases' or 'guests') end
    if known then return nil, known end
    return CREATE
  end
  if not only_look then
    if not rec then redis.call('HDEL', bucket, string.sub(id, 5)) end
    for _, e in ipairs(entered) do redis.call('HDEL', e[1], e[2]) end
    withdraw_both()
    note_perhaps(contact, by_address, by_name, list)
  end
  return NEAR, list
end

-- is_another reports whether a row that has the key of a known guest has neither his name nor his address: the column
-- may be numbered anew, and the row another person's.
local function is_another(contact, id)
  if contact.address == '' and contact.name == '' then return false end
  for _, s in ipairs(contact.spelt or {}) do
    if among(s.ids, id) or among(s.ids, spelled_so(id)) then return false end
  end
  if among(guests_of(contact.names, contact.name), spelled_so(id)) then return false end
  return not among(guests_of(contact.addresses, contact.address), id) and not among(guests_of(contact.names, contact.name), id)
end

-- meet enters the address and the name of a guest whom the index has had without them, or who has others now.
local function meet(bucket, id, contact, owner)
  local a = enter(contact.addresses, contact.address, guests_of(contact.addresses, contact.address), id, address_entries)
  local n = enter(contact.names, contact.name, guests_of(contact.names, contact.name), id, name_entries)
  enter_spellings(contact, id)
  if (a or n) and not has_contacts(owner) then count(base_of(bucket), 'guests') end
end

-- claim returns the verdict of one row, the owner where it is another, and the id that the guest is known by, if it is
-- another. Of a NEAR the second is the guests who are like it.
local function claim(bucket, id, new, contact)
  if contact and contact.decision == LEAVE_OUT then return leave_out(bucket, id, contact) end
  local again_of = nil
  if resend ~= '' and #new > 21 then new, again_of = anew(new) end
  local guest, as, taken_over = string.sub(id, 5), nil, false
  -- A worker, who gives no contacts, asks of guests who are known; an importer mostly of new ones.
  local rec = (only_look or not contact) and redis.call('HGET', bucket, guest)
  if not rec and not only_look then
    if redis.call('HSETNX', bucket, guest, new) == 0 then
      rec = redis.call('HGET', bucket, guest)
    elseif not contact then
      redis.call('EXPIRE', bucket, ttl) -- it may be new, whatever is remembered of it
      return CREATE
    end
  end
  if rec and rec == new then
    if contact and is_uncompared(string.sub(new, 10, 21)) then
      rec = false -- as if entered just now
    elseif not contact and not only_look and order(own)[1] > 0 then
      return CREATE -- the row has the guest and the email, and has done nothing yet, as nearly all that a worker asks of
    end
  end
  if rec and string.sub(rec, 1, 1) == ALIAS then
    as = find(base_of(bucket), id)
  elseif contact and not (rec and is_compared(rec)) then
    local verdict, alike_or_known = admit(bucket, id, contact, rec)
    if verdict == NEAR or verdict and not rec then return verdict, alike_or_known end
    as, taken_over = alike_or_known, alike_or_known ~= nil
  end
  if as then
    id, bucket, guest, rec = as.id, as.bucket, string.sub(as.id, 5), as.rec
    if not only_look then
      if redis.call('HSETNX', bucket, guest, new) == 1 then return CREATE, nil, id end -- his record has expired
      redis.call('EXPIRE', bucket, ttl)
    end
  end
  local of_known = only_look and rec and string.sub(rec, 10, 21) or nil
  local function answer_with(verdict, other) return verdict, verdict ~= REPLACE and of_known or other, as and id end
  local was = rec
  rec = rec or string.sub(new, 1, 21)
  local hash, self, template = string.sub(new, 2, 9), string.sub(new, 10, 21), string.sub(new, 22, 25)
  local content, owner, emails = string.sub(rec, 2, 9), string.sub(rec, 10, 21), string.sub(rec, 22)
  local existed = string.sub(rec, 1, 1)
  local there, certain = existed ~= ABSENT, false -- the guest may be at Qflow; it is, for its owner is done
  local changed, outdated, tried, maybe, epoch = content ~= hash, false, false, false, 0
  -- Guests who were entered at once have their addresses by now, whether they had them before or not.
  local elsewhere = changed and not only_look and (not contact or taken_over
    or redis.call('HEXISTS', own_import, 'entered') == 1 or not among(guests_of(contact.addresses, contact.address), id))
  local before = owner
  if contact and by_column and changed and string.sub(owner, 1, 8) ~= own and contact.decision ~= TAKE_OVER .. id
    and has_contacts(owner) and came_to_be(rec) and is_another(contact, id) then
    local list = {{id = id, rec = rec, how = 0, bucket = bucket}}
    if not only_look then
      note_perhaps(contact, guests_of(contact.addresses, contact.address), guests_of(contact.names, contact.name), list)
    end
    return NEAR, list
  end
  if elsewhere and owner ~= self then former.carry(owner, self, true) end -- now, since who is met has the address next time
  if contact and not only_look and (changed or contact.spelt or not has_contacts(owner)) then meet(bucket, id, contact, owner) end
  local at, mailer = nil, nil
  if template ~= '' then at, mailer = find_email(emails, template) end
  if template ~= '' and not at and resend == '' then at, mailer = sent_anew(emails, template) end
  if only_look then
    look.email_waits = mailer and mailer ~= self and waits_or_leaves(mailer)
    look.email_own = template ~= '' and (not mailer or mailer == self)
    look.otherwise = look.email_waits and changed
  end

  if owner == self then
    -- We took a guest over that may have been there before only because its content had changed, or because it had not.
    there = there or left_behind(self)
    changed, certain = there and (changed or existed ~= AS_WANTED), existed == AS_WANTED
  elseif string.sub(owner, 1, 8) == own then
    return answer_with(DUPLICATE, owner)
  else
    local kind, t, m, _, state = judge(owner)
    if kind == RELEASED and state == NEW and there and later(owner) and at_work(owner) then
      return answer_with(WAIT, owner) -- its correction is placed in a moment; taken over, it would wait for what is older
    elseif kind == SETTLED or existed == AS_WANTED then
      -- A row in unknown proves no guest: its email may have gone to one who is not there.
      there, certain = true, existed == AS_WANTED or state ~= UNKNOWN
      outdated = changed and (leaves_known or later(owner))
      changed = changed or not certain
    elseif kind == RELEASED and leaves_known and existed == MAYBE_THERE then -- as he was, whatever the owner wanted
      there, certain, changed, outdated = true, true, true, true
    elseif kind == RELEASED then -- it is not certain that the owner has written what it wanted, or that it has not
      owner, content, tried, there, changed = self, hash, there or t, there or t or m, true
    else
      -- not UNCHANGED: the owner may yet be cancelled or fail, and then this row has to do it
      return answer_with(waiting(owner, mailer, changed, emails), owner)
    end
  end

  -- Doubtful: only a row that rests in unknown may have made the guest.
  local mailed, whose, doubtful = false, owner, outdated and not certain
  if template ~= '' then
    if mailer and mailer ~= self then
      local kind, t, m, e, state = judge(mailer)
      if kind == RELEASED or state == SUPPRESSED then -- one that is suppressed has made the guest, and sent nothing
        maybe, epoch, tried = m, e, tried or t
        if not only_look and mailer ~= before then former.carry(mailer, self, true) end
        emails = string.sub(emails, 1, at + 3) .. self .. string.sub(emails, at + 16)
      elseif kind == OPEN then
        return answer_with(waiting(mailer, mailer, content ~= hash and not outdated, emails), mailer)
      else
        mailed = true
        if not doubtful then whose, doubtful = mailer, state == UNKNOWN end
      end
    elseif not mailer then
      emails = emails .. template .. self
    end
    if again_of and not mailed then emails = count_as_had(emails, again_of, self) end
  end

  local wants_email, verdict = template ~= '' and not mailed, nil
  if outdated then
    verdict = wants_email and SEND or UNCHANGED
  elseif there and changed then
    -- Where an email may be queued and the guest may not be there, the atomic call comes first: it alone makes both.
    verdict = not wants_email and UPDATE or maybe and not certain and CREATE or UPDATE_AND_SEND
    content, owner = hash, self
  elseif wants_email or not (there or mailed) then
    verdict = CREATE
  else
    verdict = UNCHANGED
  end
  -- An import that finds a guest as it wants it has the say from now on: one that was begun before must not write
  -- another content.
  local confirmed = certain and not changed and not later(owner)
  if confirmed then
    existed, owner = AS_WANTED, self
  elseif owner == self then
    existed = there and verdict ~= CREATE and MAYBE_THERE or ABSENT
  end
  if not only_look and (confirmed or verdict ~= UNCHANGED) then
    local now = existed .. content .. owner .. emails
    if owner == self and before ~= self then former.carry(before, self, false) end
    if now ~= was then redis.call('HSET', bucket, guest, now) end -- a worker that asks once more mostly finds it so
  end
  if not only_look and verdict ~= UNCHANGED then
    flag(self, wants_email and (certain or tried or there and not maybe), maybe, epoch)
  end
  if doubtful and (verdict == UNCHANGED or verdict == UPDATE) then return answer_with(string.upper(verdict), whose) end
  if only_look and (verdict == SEND or verdict == CREATE and there and not changed) then
    return answer_with(#emails > 16 and SEND or SEND_FIRST)
  end
  return answer_with(verdict, (verdict == UNCHANGED or verdict == SEND) and whose or nil)
end

local verdicts, follows, out = {}, {}, {'', '', ''}

-- answer adds the verdict of a row to the result.
local function answer(verdict, owner, as)
  local near = verdict == NEAR
  verdicts[#verdicts + 1] = verdict
  local follow = (as and 1 or 0) + (owner and not near and 2 or 0) + (look.common_name and 4 or 0) + (look.email_waits and 8 or 0)
    + (look.email_own and 16 or 0) + (look.otherwise and 32 or 0)
  follows[#follows + 1] = string.char(48 + follow)
  look.common_name, look.email_waits, look.email_own, look.otherwise = false, false, false, false
  if as then out[#out + 1] = as end
  if near then
    out[#out + 1] = #owner
    for _, known in ipairs(owner) do
      if not only_look then keep(known.bucket) end -- he is met, as one who is unchanged
      out[#out + 1], out[#out + 2] = known.id, known.how + (known.perhaps and 4 or 0)
      out[#out + 1], out[#out + 2] = import_and_row(string.sub(known.rec, 10, 21))
    end
  elseif owner then
    if (verdict == WAIT or verdict == REPLACE) and not only_look then hold(owner) end
    out[#out + 1], out[#out + 2] = import_and_row(owner)
  end
end

local keys_each, args_each = contacts and 3 or 1, contacts and 5 or 2

-- entered_at_once claims a guest whom the index knows neither by his id nor by address or name, as nearly all of a
-- first list are, and reports whether he is one. What it has entered until it meets another, claim goes on with.
local call, sub, byte, keys, args = redis.call, string.sub, string.byte, KEYS, ARGV -- a global costs a look-up each time
local function entered_at_once(k, a)
  local id, address, name = args[a], args[a + 2], args[a + 3]
  if call('HSETNX', keys[k], sub(id, 5), args[a + 1]) == 0 then return false end
  local alone = address == '' or call('HSETNX', keys[k + 1], address, id) == 1
  if alone and (name == '' or call('HSETNX', keys[k + 2], name, id) == 1) then return true end
  if alone and address ~= '' then call('HDEL', keys[k + 1], address) end
  call('HDEL', keys[k], sub(id, 5))
  return false
end

local at_once = contacts and resend == '' and not only_look
local asks_again = not contacts and resend == '' and not only_look and order(own)[1] > 0 -- as claim has it of a worker
local base, fresh = '', 0 -- what keys of the event's buckets begin with, and how many guests of it were entered at once

for n = 1, (#KEYS - 1) / keys_each do
  local k, a = 2 + (n - 1) * keys_each, rows_from + (n - 1) * args_each
  if at_once and args[a + 4] ~= LEAVE_OUT and byte(args[a + 4]) ~= SPELLINGS and entered_at_once(k, a) then
    local of = only_base or base_of(keys[k])
    if of ~= base then
      if fresh > 0 then count(base, 'guests', fresh) end
      base, fresh = of, 0
    end
    fresh, verdicts[n], follows[n] = fresh + 1, CREATE, '0'
  elseif asks_again and call('HGET', keys[k], sub(args[a], 5)) == args[a + 1] then
    verdicts[n], follows[n] = CREATE, '0' -- the row has the guest and the email, and has done nothing yet, as nearly all
  else
    local contact = contacts and {
      addresses = KEYS[k + 1], names = KEYS[k + 2], address = ARGV[a + 2], name = ARGV[a + 3], decision = ARGV[a + 4],
    }
    if contact then take_spellings(contact, events[base_of(KEYS[k])].size) end
    answer(claim(KEYS[k], ARGV[a], ARGV[a + 1], contact))
  end
  local keep_for = byte(renew, n) - 48
  for bit = 0, keep_for > 0 and keys_each - 1 or -1 do
    if math.floor(keep_for / 2 ^ bit) % 2 == 1 then call('EXPIRE', keys[k + bit], ttl) end
  end
end
if fresh > 0 then count(base, 'guests', fresh) end
for event, counts in pairs(indexed) do
  local key = account .. 'indexed:' .. event
  for field, n in pairs(counts) do redis.call('HINCRBY', key, field, n) end
  redis.call('EXPIRE', key, ttl)
end
for _, event in pairs(only_look and {} or events) do -- it is kept longer than any of its buckets
  if event.size then redis.call('EXPIRE', account .. 'indexed:' .. event.name, ttl + EXTRA_TIME) end
end
out[1], out[3] = table.concat(verdicts), table.concat(follows)
out[2] = redis.call('GETRANGE', own_rows, ARGV[5] - 1, ARGV[6] - 1)
return out
