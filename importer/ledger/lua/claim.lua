-- claim: makes rows the owners of their guests and of their guests' emails, or says who is. Running it again for a row
-- that owns already gives the same verdict, so a killed importer or worker simply asks again.
-- KEYS  1 own rows string, 2.. the guest index bucket of each row
-- ARGV  1 prefix of import keys, 2 own import id (8 characters), 3 seconds to keep the index, 4 classes ('o' open, 'g' good,
--       'f' free), 5 1 to write nothing and only say what would be, then four per row: row, end of the guest id (12 bytes), content hash (8 bytes), template hash (4 bytes, '' for none)
-- Result, per row: verdict, own byte, owner ('' or 8 characters of import id and its row in decimal)
--   go        do what the row says (a set Tried flag in the byte means that the guest exists: its email goes by /comms/send)
--   update    the guest exists with other content and has its email: write the content, send nothing
--   both      the guest exists with other content and lacks this email: write the content, then send
--   unchanged nothing to do: the owner has done it
--   duplicate an earlier row of this import is the same guest
--   wait      the guest is in the hands of another import that is not done with it
-- A record is: '1' if the guest existed before its owner (else '0'), content hash (8), owner (12), then per email: template
-- hash (4), owner (12): 37 bytes for a guest with one email, which keeps the buckets in their compact form. An owner is an
-- import id and a row in 4 big-endian bytes. Rows of other imports are read by keys built here, on the same slot.
local own_rows, prefix, own, ttl, classes = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local only_look = ARGV[5] == '1'

local function pack(row)
  return own .. string.char(math.floor(row / 16777216) % 256, math.floor(row / 65536) % 256, math.floor(row / 256) % 256, row % 256)
end

local function import_and_row(owner)
  local a, b, c, d = string.byte(owner, 9, 12)
  return string.sub(owner, 1, 8), ((a * 256 + b) * 256 + c) * 256 + d
end

-- judge tells the class of an owner's row, and its flags. A ledger that has expired was done long ago.
local function judge(owner)
  local id, row = import_and_row(owner)
  local import = prefix .. id
  if redis.call('EXISTS', import) == 0 then return 'g', false, false, 0 end
  local state, tried, maybe, epoch = split(read(import .. ':rows', row))
  return string.sub(classes, state + 1, state + 1), tried, maybe, epoch
end

local function find_email(emails, template)
  for at = 1, #emails, 16 do
    if string.sub(emails, at, at + 3) == template then return at, string.sub(emails, at + 4, at + 15) end
  end
end

local out = {}
local function answer(verdict, row, owner)
  local who = ''
  if owner then
    local id, r = import_and_row(owner)
    who = id .. r
  end
  out[#out + 1] = verdict
  out[#out + 1] = read(own_rows, row)
  out[#out + 1] = who
end

-- flag hands down what an earlier import's row knows: an epoch only with the attempt that it belongs to.
local function flag(row, tried, maybe, epoch)
  local state, t, m, e = split(read(own_rows, row))
  if (tried and not t) or (maybe and not m) then
    write(own_rows, row, join(state, t or tried, m or maybe, maybe and not m and epoch or e))
  end
end

for i = 6, #ARGV, 4 do
  local bucket, row, guest, hash, template = KEYS[2 + (i - 6) / 4], tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local self = pack(row)
  local rec = redis.call('HGET', bucket, guest) or ('0' .. hash .. self)
  local content, owner, emails = string.sub(rec, 2, 9), string.sub(rec, 10, 21), string.sub(rec, 22)
  local exists, perhaps, changed, maybe, epoch = string.sub(rec, 1, 1) == '1', false, content ~= hash, false, 0
  local at, mailer = nil, nil
  if template ~= '' then at, mailer = find_email(emails, template) end
  local verdict, whose = nil, owner

  if owner == self then
    changed = exists -- we took an existing guest over only because its content had changed
  elseif string.sub(owner, 1, 8) == own then
    verdict = 'duplicate'
  else
    local class, t, m = judge(owner)
    if class == 'f' then
      owner, content, perhaps, changed = self, hash, t or m, true -- what the owner wanted was never written
    elseif class == 'g' then
      exists = true
    else
      verdict = 'wait' -- not 'unchanged': the owner may yet be cancelled or fail, and then this row has to do it
    end
  end

  local mailed = false
  if not verdict and template ~= '' then
    if mailer and mailer ~= self then
      local class, _, m, e = judge(mailer)
      if class == 'f' then
        maybe, epoch = m, e
        emails = string.sub(emails, 1, at + 3) .. self .. string.sub(emails, at + 16)
      elseif class == 'o' then
        verdict, whose = 'wait', mailer
      else
        mailed, whose = true, mailer
      end
    elseif not mailer then
      emails = emails .. template .. self
    end
  end

  if not verdict then
    local wants_email = template ~= '' and not mailed
    if exists and changed then
      verdict = wants_email and 'both' or 'update'
      content, owner = hash, self
    elseif wants_email or not (exists or mailed) then
      verdict = 'go'
    else
      verdict = 'unchanged'
    end
    if verdict ~= 'unchanged' and not only_look then
      redis.call('HSET', bucket, guest, (exists and owner == self and '1' or '0') .. content .. owner .. emails)
      redis.call('EXPIRE', bucket, ttl)
      flag(row, wants_email and (exists or perhaps), maybe, epoch)
    end
  end
  answer(verdict, row, (verdict == 'unchanged' or verdict == 'duplicate' or verdict == 'wait') and whose or nil)
end
return out
