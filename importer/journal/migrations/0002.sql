-- Going on with runs, retrying them, and looking at them again.

ALTER TABLE runs ADD COLUMN asked TEXT NOT NULL DEFAULT '{}';  -- JSON: what was asked for beside the settings
ALTER TABLE runs ADD COLUMN retry_of INTEGER;                  -- the run whose rows it sends again
ALTER TABLE runs ADD COLUMN root INTEGER;                      -- the first of a chain of retries; null: itself
ALTER TABLE runs ADD COLUMN seconds REAL NOT NULL DEFAULT 0;   -- of all its processes, but for those that died
ALTER TABLE runs ADD COLUMN statuses TEXT;                     -- JSON, once its reports are written
ALTER TABLE runs ADD COLUMN attempts INTEGER;                  -- the same
ALTER TABLE runs ADD COLUMN forgotten_at TEXT;                 -- what it kept was erased before it ended
ALTER TABLE runs ADD COLUMN digest_key TEXT;                   -- tells the key of its digests; null: unknown
ALTER TABLE rows ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0;  -- 1: in flight when a process of the run died
