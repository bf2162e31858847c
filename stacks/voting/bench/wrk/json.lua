wrk.method = "POST"
wrk.body = '{"vote":"a"}'
wrk.headers["Content-Type"] = "application/json"
