-- Drives every call against a gateway: APIMALL_BASE_URL and APIMALL_API_KEY say where. The first argument is a folder to write to.
local ffi = require "ffi"
local apimall = require "apimall"
local check = require "check"

local folder = arg[1] or "."
local request = { model = "nano-banana", prompt = "a red fox" }
-- The sandbox of the tests runs at fifty times the speed: three seconds.
local slow_request = { model = "nano-banana", prompt = "a slow fox", sandbox = { duration = 150 } }
local client = assert(apimall.client { poll_price = 0.01 })

check.case("a task is started, waited for and downloaded", function()
  local started = assert(client:generate(request))
  check.that(started.task_id and started.credits_used and started.remaining_credits)
  local task = assert(client:wait(started.task_id, { timeout = 30 }))
  check.equal(task.id, started.task_id)
  check.equal(task.status, "completed")
  check.that(task:is_final() and #task.result_urls > 0)
  check.that(task.created_at_ms <= task.completed_at_ms)
  check.equal(assert(apimall.parse_task(task:json())).id, task.id)
  check.equal(assert(client:get(task.id)).status, "completed")

  local files = assert(client:download(task, folder .. "/blocking"))
  check.equal(#files.files, #task.result_urls)
  local file = assert(io.open(files.files[1].path, "rb"))
  check.equal(#file:read "*a", files.files[1].bytes)
  file:close()
  check.equal(assert(client:download(task.id, folder .. "/by_id")).total_bytes, files.total_bytes)

  local page = assert(client:history { page = 1, page_size = 5 })
  check.equal(page.items[1].id, task.id)
  check.equal(page.items[1].status, "completed")
  check.that(assert(client:balances()).credits > 0)
end)

check.case("a body may be JSON text", function()
  check.that(assert(client:generate '{"model": "nano-banana", "prompt": "text"}').task_id)
end)

check.case("a deadline keeps the last snapshot", function()
  local started = assert(client:generate(slow_request))
  local task, problem = client:wait(started.task_id, { timeout = 1 })
  check.equal(task, nil)
  check.equal(problem.name, "deadline")
  check.equal(problem.task_id, started.task_id)
  check.equal(problem.last_task.id, started.task_id)
  check.that(not problem.last_task:is_final())
  check.that(tostring(problem):find(started.task_id, 1, true))
  check.that(assert(client:wait(started.task_id, { timeout = 30 })):is_final())
end)

check.case("a refusal carries every field", function()
  local task, problem = client:get "img_00000000000000000000000000"
  check.equal(task, nil)
  check.equal(problem.code, apimall.codes.not_found)
  check.equal(problem.http_status, 404)
  check.equal(problem.gateway_code, "not_found")
  check.equal(problem.retryable, false)
  check.equal(problem.task_id, "img_00000000000000000000000000")
  check.that(problem.request_id and tostring(problem):find(problem.request_id, 1, true))
end)

local function read_finals(poller, count)
  local finals, progress = {}, {}
  while count > 0 do
    local events = assert(poller:next(30, 3))
    if #events == 0 then error "no event came" end
    for _, event in ipairs(events) do
      if event.type == "final" then
        check.equal(finals[event.token], nil)
        finals[event.token] = event
        count = count - 1
      else
        progress[#progress + 1] = event
      end
    end
  end
  return finals, progress
end

check.case("a poller gives one final event for each submission", function()
  local poller = assert(client:poller())
  check.that(poller:descriptor() >= 0)
  check.equal(poller:submit { kind = "generate", body = slow_request, token = 41 }, 41)
  local id = read_finals(poller, 1)[41].generation.task_id
  local waited = assert(poller:submit { kind = "wait", task_id = id, progress = true, timeout = 30 })
  check.equal(waited, 42)
  local listed = assert(poller:submit { kind = "history" })
  local counted = assert(poller:submit { kind = "balances", priority = "batch" })
  local refused = assert(poller:submit { kind = "get", task_id = "img_00000000000000000000000000" })
  local finals, progress = read_finals(poller, 4)
  check.equal(finals[waited].task.status, "completed")
  check.that(#progress > 0 and progress[1].task.id == id)
  check.that(#finals[listed].history.items > 0)
  check.that(finals[counted].balances.credits)
  check.equal(finals[refused].error.name, "not_found")
  check.equal(finals[refused].task, nil)
  local written = assert(poller:submit { kind = "download", task = finals[waited].task, folder = folder .. "/polled" })
  check.that(#read_finals(poller, 1)[written].download.files > 0)
end)

check.case("cancel, wake-up and close", function()
  local poller = assert(client:poller())
  local slow = assert(client:generate(slow_request)).task_id
  local token = assert(poller:submit { kind = "wait", task_id = slow })
  check.that(poller:cancel(token))
  check.that(poller:cancel(12345))
  check.equal(read_finals(poller, 1)[token].error.name, "cancelled")
  check.equal(#assert(poller:next(0)), 0)
  check.that(poller:wakeup())
  check.equal(#assert(poller:next(30)), 0)
  local last = assert(poller:submit { kind = "wait", task_id = slow, timeout = false })
  check.that(poller:close())
  check.equal(read_finals(poller, 1)[last].error.name, "closed")
  local events, problem = poller:next(30)
  check.equal(events, nil)
  check.equal(problem.name, "closed")
  local token_after, refusal = poller:submit { kind = "balances" }
  check.equal(token_after, nil)
  check.equal(refusal.name, "closed")
end)

check.case("many waits, with the collector at work and compiled code", function()
  local poller = assert(client:poller())
  local ids = {}
  for i = 1, 20 do ids[i] = assert(client:generate(request)).task_id end
  local expected = {}
  for i = 1, 200 do
    expected[assert(poller:submit { kind = "wait", task_id = ids[i % #ids + 1] })] = ids[i % #ids + 1]
    if i % 50 == 0 then collectgarbage() end
  end
  local finals = read_finals(poller, 200)
  for token, id in pairs(expected) do check.equal(finals[token].task.id, id) end
end)

check.case("statistics are numbers by name", function()
  local stats = assert(client:stats())
  check.that(stats.requests > 0 and stats.responses > 0 and stats.download_bytes > 0)
  check.equal(stats.size, nil)
  check.equal(ffi.istype("uint64_t", stats.requests), false)
end)

check.finish()
