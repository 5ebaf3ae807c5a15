-- What went wrong, as a table: code, name, message, http_status, retryable, retry_after (seconds), gateway_code, request_id, task_id,
-- and at a deadline last_task. tostring() gives it in one line.
local ffi = require "ffi"
local C = require "apimall.library"
local cdef = require "apimall.cdef"
local text = require "apimall.text"

local Error = {}
Error.__index = Error

function Error:__tostring()
  local parts = { "apimall: ", self.name, ": ", self.message }
  for _, field in ipairs { "task_id", "request_id" } do
    -- The message often has them already.
    if self[field] and not self.message:find(self[field], 1, true) then
      parts[#parts + 1] = (" (%s %s)"):format(field, self[field])
    end
  end
  return table.concat(parts)
end

local errors = {}

-- Takes over an `apimall_error *`, which may be NULL, and reads it into a table.
function errors.take(code, handle)
  local name = cdef.code_names[code] or "unknown"
  local result = setmetatable({ code = code, name = name, message = name, retryable = false }, Error)
  if handle == nil then return result end
  local fields = ffi.new "apimall_error_fields"
  fields.size = ffi.sizeof(fields)
  if C.apimall_error_view(handle, fields) == 0 then
    result.message = text.from_c(fields.message, fields.message_len) or name
    result.http_status = fields.http_status ~= 0 and fields.http_status or nil
    result.retryable = fields.retryable ~= 0
    local retry_after_ms = text.optional_number(fields.retry_after_ms)
    result.retry_after = retry_after_ms and retry_after_ms / 1000
    result.gateway_code = text.from_c(fields.gateway_code, fields.gateway_code_len)
    result.request_id = text.from_c(fields.request_id, fields.request_id_len)
    result.task_id = text.from_c(fields.task_id, fields.task_id_len)
  end
  C.apimall_error_free(handle)
  return result
end

-- Whether a value is an error of this binding.
function errors.is(value) return getmetatable(value) == Error end

return errors
