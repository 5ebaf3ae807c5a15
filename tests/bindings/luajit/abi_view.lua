-- Prints the C interface as LuaJIT sees it, in the words of tests/capi/abi_oracle.c. Needs no library.
local ffi = require "ffi"
local cdef = require "apimall.cdef"

local function integer(value) return (tostring(value):gsub("U?LL$", "")) end

print("version " .. cdef.version)
print("abi_hash " .. integer(cdef.abi_hash))
for name, value in pairs(cdef.constants) do print(("constant APIMALL_%s %s"):format(name, integer(value))) end
for name, value in pairs(cdef.codes) do
  print(("constant %s %d"):format(name == "ok" and "APIMALL_OK" or "APIMALL_ERROR_" .. name:upper(), value))
end
for family, prefix in pairs {
  status = "STATUS", work = "WORK", event_type = "EVENT", priority = "PRIORITY", log_level = "LOG", flag = "FLAG",
} do
  for name, value in pairs(cdef[family]) do print(("constant APIMALL_%s_%s %d"):format(prefix, name:upper(), value)) end
end
for _, struct in ipairs(cdef.structs) do
  print(("struct %s size %d"):format(struct.name, ffi.sizeof(struct.name)))
  local value = ffi.new(struct.name)
  for _, member in ipairs(struct.members) do
    print(("offset %s.%s %d"):format(struct.name, member, ffi.offsetof(struct.name, member)))
    -- What a number or a pointer takes is the distance to the next: members lie without gaps.
    local _ = value[member]
  end
end
-- A function that is not declared raises here with another message than one that is only not there.
for _, name in ipairs(cdef.functions) do
  local ok, problem = pcall(function() return ffi.C[name] end)
  if not ok and tostring(problem):find "missing declaration" then error(problem) end
  print(("function %s pointer %d"):format(name, ffi.sizeof "void *"))
end
