-- The given path, and for each hundredth request one that fails in its own way.
-- At the end on one line: requests, microseconds, p99 in microseconds, answers above 399, errors.
local count = 0
local function word()
  local letters = {}
  for i = 1, 6 do letters[i] = string.char(96 + math.random(26)) end
  return table.concat(letters)
end

init = function(args)
  math.randomseed(os.time())
end

request = function()
  count = count + 1
  if count % 100 == 0 then return wrk.format("GET", "/fail?" .. word()) end
  return wrk.format()
end

done = function(summary, latency, requests)
  local e = summary.errors
  print(string.format("%d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
