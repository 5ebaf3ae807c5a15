-- The client: blocking calls, each of which gives its answer, or nil and an error.
local ffi = require "ffi"
local C = require "apimall.library"
local body = require "apimall.body"
local cdef = require "apimall.cdef"
local errors = require "apimall.errors"
local poller = require "apimall.poller"
local text = require "apimall.text"
local values = require "apimall.values"

local Client = {}
Client.__index = Client

-- A setting's value as text. Durations may be numbers of seconds.
local function setting_text(key, value)
  if type(value) == "number" and cdef.settings[key] == "duration" then return ("%dms"):format(math.floor(value * 1000 + 0.5)) end
  if type(value) == "number" and value == math.floor(value) then return ("%d"):format(value) end
  return tostring(value)
end

local function configure(config, settings)
  local out_error = ffi.new "apimall_error *[1]"
  local code = 0
  if settings.env ~= false then code = C.apimall_config_load_env(config, out_error) end
  for key, value in pairs(settings) do
    if code ~= 0 then break end
    if key ~= "env" then
      local written = setting_text(key, value)
      code = C.apimall_config_set(config, key, #key, written, #written, out_error)
    end
  end
  return code, out_error
end

local client = {}

-- Makes a client. `settings` has the keys of the C interface's table of settings; what it does not have comes from the environment,
-- unless `env = false`, and from the defaults.
function client.new(settings)
  local out_config = ffi.new "apimall_config *[1]"
  local code = C.apimall_config_new(out_config)
  if code ~= 0 then return nil, errors.take(code) end
  local config = ffi.gc(out_config[0], C.apimall_config_free)
  local out_error
  code, out_error = configure(config, settings or {})
  if code ~= 0 then return nil, errors.take(code, out_error[0]) end
  local out_client = ffi.new "apimall_client *[1]"
  code = C.apimall_client_new(config, out_client, out_error)
  if code ~= 0 then return nil, errors.take(code, out_error[0]) end
  return setmetatable({ handle = ffi.gc(out_client[0], C.apimall_client_free) }, Client)
end

-- The C struct of `{ timeout = seconds, priority = "interactive" or "batch" }`.
local function options_of(options)
  options = options or {}
  local c = ffi.new "apimall_options"
  c.size = ffi.sizeof(c)
  c.timeout_ms = text.timeout_ms(options.timeout)
  c.priority = text.number_of(cdef.priority, options.priority, "priority")
  return c
end

-- Calls `c_function(handle, ..., options, out, out_error)` and gives the answer, or nil and the error.
local function ask(self, type_name, make, options, call)
  local out, out_error = ffi.new(type_name .. " *[1]"), ffi.new "apimall_error *[1]"
  local code = call(self.handle, options_of(options), out, out_error)
  local answer = make(out[0])
  if code == 0 then return answer end
  local problem = errors.take(code, out_error[0])
  problem.last_task = answer
  return nil, problem
end

-- Looks at a task once.
function Client:get(id, options)
  return ask(self, "apimall_image_task", values.task, options, function(handle, c_options, out, out_error)
    return C.apimall_get_image_task(handle, id, #id, c_options, out, out_error)
  end)
end

-- Waits until a task is completed or failed. The error of a deadline has `last_task`: the task still runs, waiting again costs nothing,
-- and submitting it again costs credits.
function Client:wait(id, options)
  return ask(self, "apimall_image_task", values.task, options, function(handle, c_options, out, out_error)
    return C.apimall_wait_image_task(handle, id, #id, c_options, out, out_error)
  end)
end

-- Starts a task, which costs credits. `request` is a table with `model` and `prompt`, or JSON text.
function Client:generate(request, options)
  local json = body.encode(request)
  return ask(self, "apimall_generation", values.generation, options, function(handle, c_options, out, out_error)
    return C.apimall_generate_image(handle, json, #json, c_options, out, out_error)
  end)
end

-- Lists one page of tasks; `options` may have `page` and `page_size` besides.
function Client:history(options)
  options = options or {}
  return ask(self, "apimall_image_history", values.history, options, function(handle, c_options, out, out_error)
    return C.apimall_list_image_history(handle, options.page or 1, options.page_size or 20, c_options, out, out_error)
  end)
end

-- Reads the account's credits.
function Client:balances(options)
  return ask(self, "apimall_account_balances", values.balances, options, function(handle, c_options, out, out_error)
    return C.apimall_get_account_balances(handle, c_options, out, out_error)
  end)
end

-- Writes the files of a completed task, given by id or as a task, into a folder.
function Client:download(task, folder, options)
  local id = type(task) == "table" and task.id or task
  local handle_of_task = type(task) == "table" and task.handle or nil
  return ask(self, "apimall_download", values.download, options, function(handle, c_options, out, out_error)
    return C.apimall_download_image_task(
      handle, id, #id, handle_of_task, folder, #folder, c_options, out, out_error)
  end)
end

-- What this client did so far, as a table of numbers.
function Client:stats()
  local stats, code = values.stats(self.handle)
  if stats then return stats end
  return nil, errors.take(code)
end

-- A queue of events for work without waiting: see apimall.poller.
function Client:poller() return poller.new(self) end

-- Ends everything outstanding. The collector frees the client later.
function Client:close()
  local code = C.apimall_client_close(self.handle)
  if code ~= 0 then return nil, errors.take(code) end
  return true
end

return client
