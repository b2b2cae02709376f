-- Payments for wrk: a new id each, of 5,000 users at 1,000 merchants.
-- Arguments after `--`: how the ids begin, which body (basic or full), which ids (ordered or random), a seed.
-- Prints one line of JSON in the end. wrk counts every status above 399 as an error; 200 is what is left.
local users, merchants = 5000, 1000
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local full = [[{"transaction_id":"%s","amount":"%.2f","currency":"USD","user_id":"user_%d","timestamp":"%s",]]
  .. [["merchant_id":"merchant_%d","payment_method":"card","channel":"web",]]
  .. [["merchant":{"name":"Corner Shop %d","mcc":"5411","country":"DE"},]]
  .. [["card":{"token":"tok_%012x","bin":"411111","last4":"%04d","country":"DE","funding":"credit"},]]
  .. [["customer":{"email":"user_%d@mail.example.com","created_at":"2024-05-01T08:00:00Z"},]]
  .. [["billing":{"country":"DE"},"shipping":{"country":"AT"},]]
  .. [["device":{"id":"dev_%08x","ip":"198.51.100.%d","user_agent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 ]]
  .. [[Firefox/128.0","session_id":"ses_%012x"},"location":{"country":"DE"},]]
  .. [["metadata":{"basket":"%d","coupon":"AUTUMN-2026","first_order":"no"}}]]
local basic = [[{"transaction_id":"%s","amount":"%.2f","currency":"USD","user_id":"user_%d","merchant_id":"merchant_%d"}]]

function init(arguments)
  prefix, kind, order = arguments[1], arguments[2], arguments[3]
  math.randomseed(tonumber(arguments[4]) + number)
  sent = 0
  wrk.method, wrk.path = "POST", "/transaction"
  wrk.headers["Content-Type"] = "application/json"
end

-- Ids that grow with time, or 12 random digits in front: an index finds a new place for each.
local function new_id()
  sent = sent + 1
  if order == "random" then
    return string.format("%06x%06x%s-%d-%08d", math.random(0, 16777215), math.random(0, 16777215), prefix, number, sent)
  end
  return string.format("%s-%d-%08d", prefix, number, sent)
end

function request()
  local amount, user, merchant = math.random(100, 19999) / 100, math.random(users) - 1, math.random(merchants) - 1
  if kind == "full" then
    local now = os.date("!%Y-%m-%dT%H:%M:%SZ")
    return wrk.format(nil, nil, nil, string.format(full, new_id(), amount, user, now, merchant, merchant, user * 7919,
      user, user, user, user % 250, user * 104729 + sent % 3, user % 9))
  end
  return wrk.format(nil, nil, nil, string.format(basic, new_id(), amount, user, merchant))
end

function done(summary, latency, requests)
  local made = 0
  for _, thread in ipairs(threads) do made = made + thread:get("sent") end
  local errors = summary.errors
  io.write(string.format(
    '{"ok":%d,"made":%d,"seconds":%.6f,"p50_ms":%.4f,"p99_ms":%.4f,"refused":%d,"broken":%d,"late":%d}\n',
    summary.requests - errors.status, made, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
