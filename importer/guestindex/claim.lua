-- claim: makes rows the owners of their guests and of their guests' emails, or returns who is. Running it again for a
-- row that owns already gives the same verdict, so a killed importer or worker simply asks again.
-- KEYS  1 own rows string, 2.. the guest index bucket of each row
-- ARGV  1 prefix of import keys, 2 own import id (8 characters), 3 seconds to keep the index, 4 1 to write nothing
--       and only return what would be, 5 and 6 first and last row, 7 a '1' for each row whose bucket is to be kept
--       for so long from now, '0' for the others, then two per row: end of the guest id (12 bytes), the record of the
--       guest if the index does not know him yet
-- Result: a verdict's letter per row, the bytes of all rows from first to last, then for every UNCHANGED, DUPLICATE
-- and WAIT, and every UPDATE of an unknown email, in turn the owner's import id and row
-- Verdicts, whose letters claims.go defines:
--   CREATE           do what the row says (a set TRIED flag in the byte means that the guest may exist: its email
--                    goes by /comms/send)
--   UPDATE           the guest may exist with other content and has its email: write the content, send nothing
--   UPDATE_AND_SEND  the guest may exist with other content and lacks this email: write the content, then send
--   SEND             the guest exists, with the content of an import that was begun later, and lacks this email:
--                    send, write nothing. Of a look also a guest who is as the row wants him, and has another email
--   SEND_FIRST       only of a look: a guest who is as the row wants him, and is known to have no other email
--   UNCHANGED        nothing to do: the owner has done it, or an import that was begun later decides
--   DUPLICATE        an earlier row of this import is the same guest
--   WAIT             the guest is owned by another import that is not done with it, whose record is kept until it is
-- Where the guest is as the row wants it, its content is the row's from now on. UPDATE and UNCHANGED are written in
-- upper case where the owner of the guest's email rests in unknown, or the owner of its content does, which was begun
-- later. A record is: what is known of the guest (ABSENT before its owner, MAYBE_THERE before its owner, or AS_WANTED
-- by its owner, see record.go), content hash (8), owner (12), then per email: template hash (4), owner (12): 37 bytes
-- for a guest with one email, which keeps the buckets in their compact form. An owner is an import id and a row in 4
-- big-endian bytes. Rows of other imports are read by keys built here, on the same slot.
local own_rows, prefix, own, ttl = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local only_look, renew = ARGV[4] == '1', ARGV[7]
local resend = redis.call('HGET', prefix .. own, 'resend') or ''
local own_import = prefix .. own

-- anew makes the email of an import that sends again one of its own, which no guest has had yet.
local function anew(new)
  local digest = redis.sha1hex(string.sub(new, 22, 25) .. resend)
  local hash = string.gsub(string.sub(digest, 1, 8), '..', function(hex) return string.char(tonumber(hex, 16)) end)
  return string.sub(new, 1, 21) .. hash .. string.sub(new, 26)
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
  local over = redis.call('ZSCORE', string.match(prefix, '^(.-:)import:') .. 'importing', string.sub(owner, 1, 8))
  return over and tonumber(over) > now_ms()
end

-- judge returns the class of an owner's row, its flags and its state. A row that is still new is released whatever
-- its import says: no worker has it, and none may ever get it, if its importer was killed and its file changed. If
-- the importer is only slow, its row is queued later, and its worker claims once more before any call; then this row
-- is the owner that it waits for. A row never becomes new again. A ledger that has expired was done long ago: one
-- that is waited for does not expire (hold).
local function judge(owner)
  local id, row = import_and_row(owner)
  local import = import_of(id)
  if not import then return SETTLED, false, false, 0, -1 end
  local state, tried, maybe, bits = split(read(import .. ':rows', row))
  local epoch = maybe and epoch_of(import .. ':epochs', row, bits) or bits
  if state == NEW then return RELEASED, tried, maybe, epoch, state end
  return class(state), tried, maybe, epoch, state
end

local kept = {}
local function keep(key)
  if kept[key] then return end
  kept[key] = true
  local left = redis.call('PTTL', key)
  if left >= 0 and left < ttl * 500 then redis.call('EXPIRE', key, ttl) end -- less than half of its time
end

-- hold keeps the record of an owner's row, and the chunk by which it can still be worked on, while another row waits
-- for it.
local function hold(owner)
  local id, row = import_and_row(owner)
  local import = prefix .. id
  local rows_to_a_chunk = tonumber(redis.call('HGET', import, 'chunk') or 0)
  if rows_to_a_chunk > 0 then keep(import .. ':chunk:' .. math.floor((row - 1) / rows_to_a_chunk)) end
  for _, of in ipairs({'', ':rows', ':reasons', ':tries', ':attempts', ':times', ':epochs', ':addresses'}) do keep(import .. of) end
end

local function find_email(emails, template)
  for at = 1, #emails, 16 do
    if string.sub(emails, at, at + 3) == template then return at, string.sub(emails, at + 4, at + 15) end
  end
end

-- flag hands down what an earlier import's row knows: an epoch only with the attempt that it belongs to.
local function flag(owner, tried, maybe, epoch)
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

-- claim returns the verdict of one row, and the owner where it is another.
local function claim(bucket, guest, new)
  if resend ~= '' and #new > 21 then new = anew(new) end
  if not only_look and redis.call('HSETNX', bucket, guest, new) == 1 then return CREATE end -- a new guest, as nearly all
  local hash, self, template = string.sub(new, 2, 9), string.sub(new, 10, 21), string.sub(new, 22, 25)
  local rec = redis.call('HGET', bucket, guest) or string.sub(new, 1, 21)
  local content, owner, emails = string.sub(rec, 2, 9), string.sub(rec, 10, 21), string.sub(rec, 22)
  local existed = string.sub(rec, 1, 1)
  local there, certain = existed ~= ABSENT, false -- the guest may be at Qflow; it is, for its owner is done
  local changed, outdated, tried, maybe, epoch = content ~= hash, false, false, false, 0
  local at, mailer = nil, nil
  if template ~= '' then at, mailer = find_email(emails, template) end

  if owner == self then
    -- We took a guest over that may have been there before only because its content had changed, or because it had not.
    there = there or left_behind(self)
    changed, certain = there and (changed or existed ~= AS_WANTED), existed == AS_WANTED
  elseif string.sub(owner, 1, 8) == own then
    return DUPLICATE, owner
  else
    local kind, t, m, _, state = judge(owner)
    if kind == RELEASED and state == NEW and there and later(owner) and at_work(owner) then
      return WAIT, owner -- its correction is placed in a moment; taken over, it would wait for what is older
    elseif kind == SETTLED or existed == AS_WANTED then
      -- A row in unknown proves no guest: its email may have gone to one who is not there.
      there, certain = true, existed == AS_WANTED or state ~= UNKNOWN
      outdated = changed and kind ~= RELEASED and later(owner)
      changed = changed or not certain
    elseif kind == RELEASED then -- it is not certain that the owner has written what it wanted, or that it has not
      owner, content, tried, there, changed = self, hash, there or t, there or t or m, true
    else
      return WAIT, owner -- not UNCHANGED: the owner may yet be cancelled or fail, and then this row has to do it
    end
  end

  -- Doubtful: only a row that rests in unknown may have made the guest.
  local mailed, whose, doubtful = false, owner, outdated and not certain
  if template ~= '' then
    if mailer and mailer ~= self then
      local kind, t, m, e, state = judge(mailer)
      if kind == RELEASED or state == SUPPRESSED then -- one that is suppressed has made the guest, and sent nothing
        maybe, epoch, tried = m, e, tried or t
        emails = string.sub(emails, 1, at + 3) .. self .. string.sub(emails, at + 16)
      elseif kind == OPEN then
        return WAIT, mailer
      else
        mailed = true
        if not doubtful then whose, doubtful = mailer, state == UNKNOWN end
      end
    elseif not mailer then
      emails = emails .. template .. self
    end
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
    redis.call('HSET', bucket, guest, existed .. content .. owner .. emails)
  end
  if not only_look and verdict ~= UNCHANGED then
    flag(self, wants_email and (certain or tried or there and not maybe), maybe, epoch)
  end
  if doubtful and (verdict == UNCHANGED or verdict == UPDATE) then return string.upper(verdict), whose end
  if only_look and verdict == CREATE and there and not changed then return #emails > 16 and SEND or SEND_FIRST end
  if verdict == UNCHANGED then return verdict, whose end
  return verdict
end

local verdicts, out = {}, {'', ''}
for i = 2, #KEYS do
  local verdict, owner = claim(KEYS[i], ARGV[4 + 2 * i], ARGV[5 + 2 * i])
  if string.byte(renew, i - 1) == 49 then redis.call('EXPIRE', KEYS[i], ttl) end
  verdicts[i - 1] = verdict
  if verdict == WAIT and not only_look then hold(owner) end
  if owner then
    out[#out + 1], out[#out + 2] = import_and_row(owner)
  end
end
out[1], out[2] = table.concat(verdicts), redis.call('GETRANGE', own_rows, ARGV[5] - 1, ARGV[6] - 1)
return out
