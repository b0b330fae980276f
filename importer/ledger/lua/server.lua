-- server: names the run of the server that has the account's keys.
-- KEYS  1 any of them
-- Result: its run id, or '' if it does not say
return run_id()
