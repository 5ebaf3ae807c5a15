-- Text and numbers between C and Lua.
local ffi = require "ffi"
local cdef = require "apimall.cdef"

local text = {}

-- Text that C lends, or nil when it is absent.
function text.from_c(bytes, size)
  if bytes == nil then return nil end
  return ffi.string(bytes, size)
end

-- A number that the gateway may leave out. Credits and Unix milliseconds fit a Lua number exactly.
function text.optional_number(number)
  if number == cdef.constants.ABSENT then return nil end
  return tonumber(number)
end

-- Seconds to `timeout_ms`: nil is as the settings say, false or infinity is no limit. C reads 0 as "as the settings say", which is not
-- what a timeout of 0 seconds asks for, so the shortest limit stands in for it.
function text.timeout_ms(seconds)
  if seconds == nil then return cdef.constants.TIMEOUT_DEFAULT end
  if seconds == false or seconds == math.huge then return cdef.constants.TIMEOUT_NONE end
  if type(seconds) ~= "number" or not (seconds >= 0) then
    error("apimall: a timeout is a number of seconds from 0, or false for no limit; this is " .. tostring(seconds), 3)
  end
  return math.max(1, math.floor(seconds * 1000 + 0.5))
end

-- The number of a named value, such as "batch" of a priority.
function text.number_of(numbers, name, what)
  if name == nil then return 0 end
  local number = numbers[name]
  if number then return number end
  local names = {}
  for known in pairs(numbers) do names[#names + 1] = known end
  table.sort(names)
  error(("apimall: there is no %s '%s'; there are %s"):format(what, tostring(name), table.concat(names, ", ")), 3)
end

return text
