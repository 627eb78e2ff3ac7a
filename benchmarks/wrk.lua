-- The summary on one line, in units that do not change with the size of the numbers:
-- requests, microseconds, p50 and p99 in microseconds, errors.
done = function(summary, latency, requests)
  local e = summary.errors
  print(string.format("%d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
