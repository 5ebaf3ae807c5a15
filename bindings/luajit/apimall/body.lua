-- The JSON body of a generate call, from a table or from text.
local body = {}

-- Text goes as it is; a table is encoded, for which lua-cjson is needed.
function body.encode(value)
  if type(value) == "string" then return value end
  if type(value) ~= "table" then
    error("apimall: generate takes a table or a JSON text, not a " .. type(value), 3)
  end
  local ok, cjson = pcall(require, "cjson")
  if not ok then
    error("apimall: generate needs lua-cjson to encode a table; install it, or give the body as JSON text", 3)
  end
  return cjson.encode(value)
end

return body
