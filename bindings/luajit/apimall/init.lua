-- apimall for LuaJIT: image tasks of the API Mall gateway.
--
--   local apimall = require "apimall"
--   local client = assert(apimall.client { api_key = "sk-..." })
--   local started = assert(client:generate { model = "nano-banana", prompt = "a red fox" })
--   local task = assert(client:wait(started.task_id, { timeout = 300 }))
--   print(task.status, task.result_urls[1])
--
-- A call gives its answer, or nil and an error: a table with code, name, message, task_id, request_id and more. A failed task is no
-- error; its status is "failed". Wrong types raise.
local ffi = require "ffi"
local C = require "apimall.library"
local cdef = require "apimall.cdef"
local client = require "apimall.client"
local errors = require "apimall.errors"
local values = require "apimall.values"

local apimall = {
  version = ffi.string(C.apimall_version()),
  codes = cdef.codes,
  client = client.new,
  is_error = errors.is,
}

-- A task from JSON that was had before, such as from `task:json()`. Sends nothing.
function apimall.parse_task(json)
  local out, out_error = ffi.new "apimall_image_task *[1]", ffi.new "apimall_error *[1]"
  local code = C.apimall_parse_image_task(json, #json, out, out_error)
  if code ~= 0 then return nil, errors.take(code, out_error[0]) end
  return values.task(out[0])
end

return apimall
