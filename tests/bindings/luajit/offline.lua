-- What needs the library and no gateway.
local apimall = require "apimall"
local check = require "check"

local answer = [[{"success": true, "data": {"task_id": "img_1", "model": "z-image", "status": "%s", "output": {"resultUrls": ["https://a/1.png", "https://a/2.png"]},
  "primary_url": "https://a/1.png", "image_url": null, "error_message": null, "credits_used": 8, "credits_refunded": null,
  "created_at": "2026-01-02T03:04:05.678Z", "updated_at": "2026-01-02T03:04:06.000Z", "completed_at": null}, "request_id": "req_1"}]]

check.case("a task is read in all its fields", function()
  local task = assert(apimall.parse_task(answer:format "completed"))
  check.equal(task.id, "img_1")
  check.equal(task.status, "completed")
  check.equal(task.model, "z-image")
  check.equal(#task.result_urls, 2)
  check.equal(task.result_urls[2], "https://a/2.png")
  check.equal(task.primary_url, "https://a/1.png")
  check.equal(task.image_url, nil)
  check.equal(task.credits_used, 8)
  check.equal(task.credits_refunded, nil)
  check.equal(task.created_at_ms, 1767323045678)
  check.equal(task.created_at, "2026-01-02T03:04:05.678Z")
  check.equal(task.completed_at_ms, nil)
  check.equal(task.request_id, "req_1")
  check.equal(task:json(), answer:format "completed")
  check.that(task:is_final())
end)

check.case("a word that nobody knows is kept and is not final", function()
  local task = assert(apimall.parse_task(answer:format "dreaming"))
  check.equal(task.status, "unknown")
  check.equal(task.status_text, "dreaming")
  check.that(not task:is_final())
end)

check.case("a task outlives the collector's turns", function()
  local tasks = {}
  for i = 1, 2000 do tasks[i] = assert(apimall.parse_task(answer:format "completed")) end
  collectgarbage()
  collectgarbage()
  for i = 1, #tasks do check.equal(#tasks[i]:json(), #answer:format "completed") end
end)

check.case("rubbish is an error with its code and name", function()
  local task, problem = apimall.parse_task "not JSON"
  check.equal(task, nil)
  check.that(apimall.is_error(problem))
  check.equal(problem.code, apimall.codes.protocol)
  check.equal(problem.name, "protocol")
  check.that(tostring(problem):find("apimall: protocol: ", 1, true), problem)
end)

check.case("settings are checked by name and by range", function()
  local client, problem = apimall.client { env = false, colour = "red" }
  check.equal(client, nil)
  check.equal(problem.name, "invalid_setting")
  check.that(problem.message:find("colour", 1, true), problem)
  client, problem = apimall.client { env = false, api_key = "sk-1", max_in_flight = 0 }
  check.equal(client, nil)
  check.equal(problem.name, "invalid_setting")
  client, problem = apimall.client { env = false }
  check.equal(client, nil)
  check.equal(problem.name, "invalid_setting")  -- there is no key
  check.that(apimall.client { env = false, api_key = "sk-1", request_timeout = 2.5, max_in_flight = 3, rate_burst = 1.5 })
end)

check.case("a mistake of the program raises and says what there is", function()
  local client = assert(apimall.client { env = false, api_key = "sk-1" })
  for _, mistake in ipairs {
    { function() client:get("img_1", { priority = "first" }) end, "batch" },
    { function() client:get("img_1", { timeout = -1 }) end, "seconds" },
    { function() client:get("img_1", { timeout = 0 / 0 }) end, "seconds" },
    { function() client:generate(7) end, "JSON" },
    { function() client:poller():submit { kind = "stare" } end, "wait" },
  } do
    local ok, message = pcall(mistake[1])
    check.that(not ok and tostring(message):find(mistake[2], 1, true), message)
  end
end)

check.case("a closed client says so", function()
  local client = assert(apimall.client { env = false, api_key = "sk-1" })
  check.that(client:close())
  local task, problem = client:get "img_1"
  check.equal(task, nil)
  check.equal(problem.name, "closed")
end)

check.finish()
