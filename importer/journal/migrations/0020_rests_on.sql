-- How long what was last confirmed may be relied on, and which rows were not sent, or would not be, since it says what they say.

ALTER TABLE confirmed ADD COLUMN linked_account_id TEXT;  -- null: an older version has noted it, which knew of no account
ALTER TABLE confirmed ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';
ALTER TABLE confirmed ADD COLUMN sent_at REAL;            -- when the confirmed attempt left, seconds since the epoch
ALTER TABLE confirmed ADD COLUMN patience INTEGER NOT NULL DEFAULT 0;  -- 0 to 255, by the customer: how much of the longest time it is relied on
ALTER TABLE confirmed ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;     -- 1: the same was sent again since, and not confirmed

ALTER TABLE rows ADD COLUMN rests_on INTEGER;             -- the run that has confirmed what the row says; null: it is to be sent, or nobody has asked

ALTER TABLE runs ADD COLUMN resting INTEGER;              -- rows that rest on confirmations; null: nobody has asked, or it cannot be known
ALTER TABLE runs ADD COLUMN rests_since TEXT;             -- when the oldest of these confirmations was sent, RFC 3339; null: there is none
