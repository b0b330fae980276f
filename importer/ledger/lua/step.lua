-- step: moves rows of an import, then begins others, in one call: the outcomes of calls, and the marks of the next ones.
-- Each is as if called alone. move.lua and begin.lua stand before it as functions.
-- KEYS  those of move.lua, then those of begin.lua
-- ARGV  1 how many arguments move.lua has, then these, then those of begin.lua
-- Result: {what move.lua returns, what begin.lua returns}
local last = ARGV[1] + 1
local moved = move({unpack(KEYS, 1, 7)}, {unpack(ARGV, 2, last)})
return {moved, begin({unpack(KEYS, 8)}, {unpack(ARGV, last + 1)})}
