-- The least that a test needs: named cases, checks that say where, and an exit code.
local check = { failures = 0, cases = 0 }

-- Records a failed expectation with the caller's line, and goes on.
function check.that(condition, ...)
  if condition then return condition end
  check.failures = check.failures + 1
  local info = debug.getinfo(2, "Sl")
  io.stderr:write(("%s:%d: not so"):format(info.short_src, info.currentline))
  for i = 1, select("#", ...) do io.stderr:write("  ", tostring((select(i, ...)))) end
  io.stderr:write "\n"
end

-- Expects two values to be equal.
function check.equal(found, wanted)
  if found == wanted then return end
  check.failures = check.failures + 1
  local info = debug.getinfo(2, "Sl")
  io.stderr:write(("%s:%d: %s, not %s\n"):format(info.short_src, info.currentline, tostring(found), tostring(wanted)))
end

-- Runs one case; what it raises is a failure with a traceback.
function check.case(name, body)
  check.cases = check.cases + 1
  local ok, problem = xpcall(body, function(e) return debug.traceback(tostring(e), 2) end)
  if not ok then
    check.failures = check.failures + 1
    io.stderr:write(name, ": ", problem, "\n")
  end
end

-- Ends the program.
function check.finish()
  print(("%d cases, %d failures"):format(check.cases, check.failures))
  os.exit(check.failures == 0 and 0 or 1, true)
end

return check
