-- One kind of request for wrk: random secrets, random tokens; its last line is one JSON object.
-- The environment says which: BENCH_KIND (constant, read, write, login, lookup), BENCH_TOKENS, BENCH_SECRETS, BENCH_THINK_MS;
-- for logins BENCH_LOGINS, a file with one body a line, and BENCH_PATH.
local kind = os.getenv("BENCH_KIND")
local secrets = tonumber(os.getenv("BENCH_SECRETS") or "1")
local think = tonumber(os.getenv("BENCH_THINK_MS") or "0")
local tokens = {}
for token in string.gmatch(os.getenv("BENCH_TOKENS") or "", "[^,]+") do tokens[#tokens + 1] = token end
local body = '{"data":{"value":"' .. string.rep("0123456789abcdef", 64) .. '"}}'

local logins, place = {}, 0
if kind == "login" then
  for line in io.lines(os.getenv("BENCH_LOGINS")) do logins[#logins + 1] = line end
end
local path_of_login = os.getenv("BENCH_PATH")

function init()
  math.randomseed(os.time())
end

function request()
  if kind == "constant" then return wrk.format("GET", "/") end
  if kind == "login" then
    -- One after another, so that no token comes twice before all have come.
    place = place % #logins + 1
    return wrk.format("POST", path_of_login, { ["Content-Type"] = "application/json" }, logins[place])
  end
  if kind == "lookup" then
    return wrk.format("GET", "/v1/auth/token/lookup-self", { ["X-Vault-Token"] = tokens[math.random(#tokens)] })
  end
  local number = math.random(secrets) - 1
  local path = string.format("/v1/secret/data/bench/%03d/%06d", number % 1000, number)
  local headers = { ["X-Vault-Token"] = tokens[math.random(#tokens)] }
  if kind == "read" then return wrk.format("GET", path, headers) end
  headers["Content-Type"] = "application/json"
  return wrk.format("POST", path, headers, body)
end

if think > 0 then
  -- Uniform around the mean, so that the connections do not march in step.
  function delay() return math.random(0, 2 * think) end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"failed":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
