-- Work without waiting: submit, then read events. There is no notify function here, since it would be called on a thread that is not
-- Lua's; watch `descriptor()` in an event loop, or block in `next`.
local ffi = require "ffi"
local C = require "apimall.library"
local body = require "apimall.body"
local cdef = require "apimall.cdef"
local errors = require "apimall.errors"
local text = require "apimall.text"
local values = require "apimall.values"

local Poller = {}
Poller.__index = Poller

local poller = {}

-- Makes a poller. It keeps its client alive.
function poller.new(client)
  local out, out_error = ffi.new "apimall_poller *[1]", ffi.new "apimall_error *[1]"
  local code = C.apimall_poller_new(client.handle, out, out_error)
  if code ~= 0 then return nil, errors.take(code, out_error[0]) end
  return setmetatable({ handle = ffi.gc(out[0], C.apimall_poller_free), client = client, last_token = 0 }, Poller)
end

local function set_text(struct, member, value)
  if value == nil then return end
  struct[member] = value
  struct[member .. "_len"] = #value
end

local function flags_of(work)
  return (work.progress and cdef.flag.progress or 0) + (work.each_poll and cdef.flag.each_poll or 0)
end

-- Submits `{ kind = "wait", task_id = ... }` and gives the token that its events carry, or nil and an error.
-- Kinds: get, wait and download (task_id, or for a download task), generate (body), history (page, page_size), balances. Besides: token (a whole number;
-- by default one that was not used), timeout (seconds), priority, progress and each_poll (of a wait), folder (of a download).
function Poller:submit(work)
  local c, out_error = ffi.new "apimall_submission", ffi.new "apimall_error *[1]"
  local json = work.body and body.encode(work.body)
  local token = work.token or self.last_token + 1
  c.size = ffi.sizeof(c)
  c.kind = text.number_of(cdef.work, work.kind, "kind of work")
  c.token = token
  c.timeout_ms = text.timeout_ms(work.timeout)
  c.priority = text.number_of(cdef.priority, work.priority, "priority")
  c.flags = flags_of(work)
  c.page = work.page or 1
  c.page_size = work.page_size or 20
  -- C sees the bytes of Lua's own strings: `work` and `json` hold them until the call has copied them.
  set_text(c, "task_id", work.task_id)
  set_text(c, "body", json)
  set_text(c, "folder", work.folder)
  if work.task then c.task = work.task.handle end
  local code = C.apimall_poller_submit(self.handle, c, out_error)
  if code ~= 0 then return nil, errors.take(code, out_error[0]) end
  self.last_token = math.max(self.last_token, token)
  return token
end

local function read_event(c)
  local event = {
    type = cdef.event_type_names[c.type],
    token = tonumber(c.token),
    kind = cdef.work_names[c.kind],
    task = values.task(c.task),
    generation = values.generation(c.generation),
    download = values.download(c.download),
    history = values.history(c.history),
    balances = values.balances(c.balances),
  }
  if c.code ~= 0 then
    event.error = errors.take(c.code, c.error)
    event.error.last_task = event.task
  end
  return event
end

-- Takes up to `capacity` events (64) as an array, waiting up to `timeout` seconds for the first of them; without a timeout, for ever. The array is
-- empty at the timeout and after a wake-up. Gives nil and an error of name `closed` once the poller is closed and all was read.
function Poller:next(timeout, capacity)
  capacity = capacity or 64
  local timeout_ms = timeout and math.floor(timeout * 1000 + 0.5) or cdef.constants.TIMEOUT_NONE
  local out, count = ffi.new("apimall_event[?]", capacity), ffi.new "size_t[1]"
  local code = C.apimall_poller_next(self.handle, out, ffi.sizeof "apimall_event", capacity, timeout_ms, count)
  if code ~= 0 then return nil, errors.take(code) end
  local events = {}
  for i = 1, tonumber(count[0]) do events[i] = read_event(out[i - 1]) end
  return events
end

local function told(code)
  if code == 0 then return true end
  return nil, errors.take(code)
end

-- Ends the submissions with this token, each by one final event with the error `cancelled`, unless it had ended already.
function Poller:cancel(token) return told(C.apimall_poller_cancel(self.handle, token)) end

-- What an event loop can watch: readable while there are events. Never read, write or close it.
function Poller:descriptor()
  local out = ffi.new "intptr_t[1]"
  local code = C.apimall_poller_handle(self.handle, out)
  if code ~= 0 then return nil, errors.take(code) end
  return tonumber(out[0])
end

-- Makes a blocked `next` return early.
function Poller:wakeup() return told(C.apimall_poller_wakeup(self.handle)) end

-- Ends everything outstanding with `closed`; what is there can still be read.
function Poller:close() return told(C.apimall_poller_close(self.handle)) end

return poller
