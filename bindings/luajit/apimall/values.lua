-- The gateway's answers as tables. Each is read in one crossing of the border; text is copied, so that it lives as long as Lua wants.
local ffi = require "ffi"
local C = require "apimall.library"
local cdef = require "apimall.cdef"
local text = require "apimall.text"

local values = {}

-- A struct of the C interface with its size set.
local function sized(name)
  local fields = ffi.new(name)
  fields.size = ffi.sizeof(fields)
  return fields
end

local function json_of(reader, handle)
  local out, size = ffi.new "const char *[1]", ffi.new "size_t[1]"
  if reader(handle, out, size) ~= 0 then return nil end
  return text.from_c(out[0], size[0])
end

-- The methods of an answer. `handle` is released with the table, by the collector.
local function class(reader)
  local methods = {}
  methods.__index = methods
  if reader then
    -- The gateway's whole answer as it came.
    function methods:json() return json_of(C[reader], self.handle) end
  end
  return methods
end

local Task = class "apimall_image_task_json"
local Generation = class "apimall_generation_json"
local History = class "apimall_image_history_json"
local Balances = class "apimall_account_balances_json"
local Download = class()

-- Whether the task is completed or failed, and will not change.
function Task:is_final() return self.status == "completed" or self.status == "failed" end

local function result_urls(handle, count)
  local urls = {}
  local out, size = ffi.new "const char *[1]", ffi.new "size_t[1]"
  for i = 1, count do
    C.apimall_image_task_result_url(handle, i - 1, out, size)
    urls[i] = text.from_c(out[0], size[0])
  end
  return urls
end

-- Each of these takes over a raw handle; NULL becomes nil.
function values.task(handle)
  if handle == nil then return nil end
  handle = ffi.gc(handle, C.apimall_image_task_free)
  local f = sized "apimall_image_task_fields"
  C.apimall_image_task_view(handle, f)
  return setmetatable({
    handle = handle,
    id = text.from_c(f.task_id, f.task_id_len),
    status = cdef.status_names[f.status] or "unknown",
    status_text = text.from_c(f.status_text, f.status_text_len),
    model = text.from_c(f.model, f.model_len),
    result_urls = result_urls(handle, tonumber(f.result_url_count)),
    primary_url = text.from_c(f.primary_url, f.primary_url_len),
    image_url = text.from_c(f.image_url, f.image_url_len),
    error_message = text.from_c(f.error_message, f.error_message_len),
    created_at = text.from_c(f.created_at, f.created_at_len),
    updated_at = text.from_c(f.updated_at, f.updated_at_len),
    completed_at = text.from_c(f.completed_at, f.completed_at_len),
    created_at_ms = text.optional_number(f.created_at_ms),
    updated_at_ms = text.optional_number(f.updated_at_ms),
    completed_at_ms = text.optional_number(f.completed_at_ms),
    credits_used = text.optional_number(f.credits_used),
    credits_refunded = text.optional_number(f.credits_refunded),
    request_id = text.from_c(f.request_id, f.request_id_len),
  }, Task)
end

function values.generation(handle)
  if handle == nil then return nil end
  handle = ffi.gc(handle, C.apimall_generation_free)
  local f = sized "apimall_generation_fields"
  C.apimall_generation_view(handle, f)
  return setmetatable({
    handle = handle,
    task_id = text.from_c(f.task_id, f.task_id_len),
    model = text.from_c(f.model, f.model_len),
    provider_request_id = text.from_c(f.provider_request_id, f.provider_request_id_len),
    request_id = text.from_c(f.request_id, f.request_id_len),
    credits_used = text.optional_number(f.credits_used),
    remaining_credits = text.optional_number(f.remaining_credits),
  }, Generation)
end

local function history_item(handle, index)
  local f = sized "apimall_image_history_item_fields"
  C.apimall_image_history_item(handle, index, f)
  return {
    id = text.from_c(f.task_id, f.task_id_len),
    status = cdef.status_names[f.status] or "unknown",
    status_text = text.from_c(f.status_text, f.status_text_len),
    model = text.from_c(f.model, f.model_len),
    source = text.from_c(f.source, f.source_len),
    image_url = text.from_c(f.image_url, f.image_url_len),
    created_at = text.from_c(f.created_at, f.created_at_len),
    completed_at = text.from_c(f.completed_at, f.completed_at_len),
    created_at_ms = text.optional_number(f.created_at_ms),
    completed_at_ms = text.optional_number(f.completed_at_ms),
    credits_used = text.optional_number(f.credits_used),
    credits_refunded = text.optional_number(f.credits_refunded),
  }
end

function values.history(handle)
  if handle == nil then return nil end
  handle = ffi.gc(handle, C.apimall_image_history_free)
  local f = sized "apimall_image_history_fields"
  C.apimall_image_history_view(handle, f)
  local items = {}
  for i = 1, f.item_count do items[i] = history_item(handle, i - 1) end
  return setmetatable({
    handle = handle,
    items = items,
    page = f.page,
    page_size = f.page_size,
    request_id = text.from_c(f.request_id, f.request_id_len),
  }, History)
end

function values.balances(handle)
  if handle == nil then return nil end
  handle = ffi.gc(handle, C.apimall_account_balances_free)
  local f = sized "apimall_account_balances_fields"
  C.apimall_account_balances_view(handle, f)
  return setmetatable({
    handle = handle,
    credits = text.optional_number(f.credits),
    api_credits = text.optional_number(f.api_credits),
    request_id = text.from_c(f.request_id, f.request_id_len),
  }, Balances)
end

local function download_file(handle, index)
  local f = sized "apimall_download_file_fields"
  C.apimall_download_file(handle, index, f)
  return {
    path = text.from_c(f.path, f.path_len),
    url = text.from_c(f.url, f.url_len),
    media_type = text.from_c(f.media_type, f.media_type_len),
    bytes = tonumber(f.bytes),
  }
end

function values.download(handle)
  if handle == nil then return nil end
  handle = ffi.gc(handle, C.apimall_download_free)
  local f = sized "apimall_download_fields"
  C.apimall_download_view(handle, f)
  local files = {}
  for i = 1, f.file_count do files[i] = download_file(handle, i - 1) end
  return setmetatable({
    handle = handle,
    task_id = text.from_c(f.task_id, f.task_id_len),
    total_bytes = tonumber(f.total_bytes),
    files = files,
  }, Download)
end

-- Counters by name. The members come from the description, so that a new one needs no line here.
function values.stats(client)
  local f = sized "apimall_stats"
  local code = C.apimall_client_stats(client, f)
  if code ~= 0 then return nil, code end
  local stats = {}
  for _, struct in ipairs(cdef.structs) do
    if struct.name == "apimall_stats" then
      for _, member in ipairs(struct.members) do
        if member ~= "size" and member ~= "reserved" then stats[member] = tonumber(f[member]) end
      end
    end
  end
  return stats
end

return values
