-- Scrapers: each waits a second after an answer, then scrapes again; the summary as in wrk.lua.
delay = function()
  return 1000
end

done = function(summary, latency, requests)
  print(string.format("%d %d", summary.requests, summary.duration))
end
