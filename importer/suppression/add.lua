-- add: suppresses addresses.
-- KEYS  1 head hash, 2.. the bucket of each address
-- ARGV  1 id of the key that the hashes are made with, 2 the entry: a letter and when it happened, 3 1 if a person
--       says so, 4.. the field of each address
-- An address that is suppressed for something weightier stays as it is. One that was lifted stays so for what had
-- happened before, unless a person says otherwise. ORDER has the letters, the lightest first.
-- Result: {addresses that were not suppressed, that were, that stay lifted}, or false if Redis has another key
local head, entry, person = KEYS[1], ARGV[2], ARGV[3] == '1'
if redis.call('HGET', head, 'id') ~= ARGV[1] then return false end
local letter = string.sub(entry, 1, 1)
local function weight(of) return string.find(ORDER, of, 1, true) end

local added, already, stay, deltas = 0, 0, 0, {}
local function count(of, n) deltas[of] = (deltas[of] or 0) + n end

for i = 2, #KEYS do
  local field = ARGV[i + 2]
  local old = redis.call('HGET', KEYS[i], field)
  local was = old and string.sub(old, 1, 1)
  if was == LIFTED and not person and string.sub(entry, 2) <= string.sub(old, 2) then
    stay = stay + 1
  elseif was and was ~= LIFTED and weight(was) >= weight(letter) then
    already = already + 1
  else
    redis.call('HSET', KEYS[i], field, entry)
    count(letter, 1)
    if was then count(was, -1) end
    if was and was ~= LIFTED then already = already + 1 else added = added + 1 end
  end
end
for of, n in pairs(deltas) do
  if n ~= 0 then redis.call('HINCRBY', head, 'n' .. of, n) end
end
if added > 0 then redis.call('HINCRBY', head, 'n', added) end
return {added, already, stay}
