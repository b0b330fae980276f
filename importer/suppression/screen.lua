-- screen: looks which addresses are suppressed; and, for the rows of an import, writes down the digests of their
-- addresses, by which a later report of a row's email finds the address when the row's chunk is gone.
-- KEYS  1 head hash, 2.. the bucket of each address; then, for rows, the import hash and the digests of its rows
-- ARGV  1 id of the key that the hashes are made with, 2 how many addresses, then the field of each; then, for rows,
--       the first row, 1 if there are holes, and the digests of it and those that follow, 8 bytes each, of zeros in a
--       hole: a row that has no address, or is not asked about and keeps what was noted of it
-- Result: the entry of each address, five bytes, of zeros where there is none; '' if nothing is suppressed at all; '+'
-- if anything is and no address was asked about; or false if Redis has another key
local of = redis.call('HMGET', KEYS[1], 'id', 'n', 'nl')
if of[1] ~= ARGV[1] then return false end
local addresses = tonumber(ARGV[2])

-- note writes the digests down. The string is made as long as it will ever be: to one that grows Redis gives up to a
-- megabyte more. Nothing is kept of an import that has expired.
local function note(import, kept, first, holes, digests)
  if redis.call('EXISTS', kept) == 0 then
    local rows = tonumber(redis.call('HGET', import, 'rows') or 0)
    if rows == 0 then return end
    redis.call('SETRANGE', kept, 8 * rows - 1, '\0')
    expire_with(import, kept)
  end
  if holes then
    local was, none, all = redis.call('GETRANGE', kept, 8 * (first - 1), 8 * (first - 1) + #digests - 1), string.rep('\0', 8), {}
    for at = 1, #digests, 8 do
      local d = string.sub(digests, at, at + 7)
      all[#all + 1] = d == none and #was >= at + 7 and string.sub(was, at, at + 7) or d
    end
    digests = table.concat(all)
  end
  redis.call('SETRANGE', kept, 8 * (first - 1), digests)
end

if #KEYS > 1 + addresses then note(KEYS[#KEYS - 1], KEYS[#KEYS], tonumber(ARGV[#ARGV - 2]), ARGV[#ARGV - 1] == '1', ARGV[#ARGV]) end
if tonumber(of[2] or 0) + tonumber(of[3] or 0) == 0 then return '' end
if addresses == 0 then return '+' end
local entries = {}
for i = 1, addresses do
  entries[i] = redis.call('HGET', KEYS[1 + i], ARGV[2 + i]) or '\0\0\0\0\0'
end
return table.concat(entries)
