-- wrk -s post.lua URL -- BODY_FILE JSON_BYTES: sends the same binary request over and over and prints one line of numbers.
function init(args)
   local file = assert(io.open(args[1], "rb"))
   wrk.method = "POST"
   wrk.body = file:read("*a")
   wrk.headers["Content-Type"] = "application/octet-stream"
   wrk.headers["Inference-Header-Content-Length"] = args[2]
   file:close()
end

function done(summary, latency)
   local e = summary.errors
   print(string.format("result %d %d %d %d %d", summary.requests, summary.duration,
      e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
