-- enqueued: notes that an import's first chunks are enqueued for certain. Of several who note, the furthest counts.
-- But if one of these chunks has a row that is still new, Redis has lost what the importer remembers to have written,
-- its latest tasks perhaps among it: then what was noted before counts, up to that row.
-- KEYS  1 import hash, 2 rows string
-- ARGV  1 chunks
-- Result: how many are, or -1 if there is no such import
local of = redis.call('HMGET', KEYS[1], 'enqueued', 'chunk', 'rows')
local before, size, all = tonumber(of[1] or 0), tonumber(of[2] or 0), tonumber(of[3])
if not all then return -1 end
local certain = math.max(before, tonumber(ARGV[1]))
if size > 0 and certain > 0 then
  local last = math.min(certain * size, all)
  local marks = redis.call('GETRANGE', KEYS[2], 0, last - 1)
  local at = string.find(marks, NEW_ROW)
  if not at and #marks < last then at = #marks + 1 end -- rows never written are new
  if at then certain = math.min(before, math.floor((at - 1) / size)) end
end
if certain ~= before then redis.call('HSET', KEYS[1], 'enqueued', certain) end
return certain
