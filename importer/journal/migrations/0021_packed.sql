-- Fewer bytes a row: names by number, UUIDs and times in binary, and 8 bytes a digest.

CREATE TABLE names (               -- groups, accounts and base URLs
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO names (name)
    SELECT group_id FROM rows WHERE group_id IS NOT NULL UNION
    SELECT linked_account_id FROM rows WHERE linked_account_id IS NOT NULL UNION
    SELECT base_url FROM confirmed UNION SELECT group_id FROM confirmed UNION
    SELECT linked_account_id FROM confirmed WHERE linked_account_id IS NOT NULL UNION
    SELECT group_id FROM kept;

CREATE TABLE packed_rows (
    run                INTEGER NOT NULL REFERENCES runs (number),
    row                INTEGER NOT NULL,
    group_number       INTEGER,             -- in `names`; this and the next three are null for a row that cannot be sent
    account_number     INTEGER,
    customer           ANY,                 -- the id: 16 bytes of a UUID in lower case, else text
    digests            BLOB,                -- of first name, last name and e-mail address, 8 bytes each
    phase              INTEGER NOT NULL DEFAULT 0,  -- 0 to be sent, 1 about to be sent or sent, 2 has its outcome
    status             TEXT,
    updated_at         ANY NOT NULL DEFAULT '',     -- twice the microseconds since the epoch, and 1 where it was written without; else as the API wrote it
    sent_at            REAL,                -- the last attempt, seconds since the epoch
    latency_s          REAL,                -- how long it took; null: it was cut off, or nobody measured
    attempts           INTEGER NOT NULL DEFAULT 0,
    http_status        INTEGER,
    changed            INTEGER,             -- 1 first name, 2 last name, 4 e-mail: others than last confirmed; null: unknown
    rests_on           INTEGER,             -- the run that has confirmed what the row says; null: it is to be sent, or nobody has asked
    maybe              INTEGER NOT NULL DEFAULT 0,  -- 1: an attempt may have been applied
    repeats            INTEGER,             -- the earlier row that stands for this one
    interrupted        INTEGER NOT NULL DEFAULT 0,  -- 1: in flight when a process of the run died
    code               TEXT NOT NULL DEFAULT '',
    message            TEXT NOT NULL DEFAULT '',
    note               TEXT NOT NULL DEFAULT '',
    lower_email_digest BLOB,                -- of the address in lower case; null: that of the address is that one
    given_digest       BLOB,                -- of a row that could not be sent, as it was read; null: it could be, or nobody noted it
    room               BLOB,                -- as many bytes as its outcome will take, so that its page need not be split for it
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

INSERT INTO packed_rows
    SELECT run, row, (SELECT number FROM names WHERE name = group_id),
        (SELECT number FROM names WHERE name = linked_account_id), packed_id(customer_id),
        packed_digests(first_name_digest, last_name_digest, email_digest),
        phase, status, packed_time(updated_at), sent_at, latency_s, attempts, http_status, changed, rests_on, maybe,
        repeats, interrupted, code, message, note, substr(lower_email_digest, 1, 8), substr(given_digest, 1, 8), NULL
    FROM rows ORDER BY run, row;

DROP TABLE rows;
ALTER TABLE packed_rows RENAME TO rows;

CREATE TABLE packed_confirmed (    -- what the API last confirmed of a customer, unless something else was sent since
    base_number    INTEGER NOT NULL,
    group_number   INTEGER NOT NULL,
    customer       ANY NOT NULL,
    digests        BLOB NOT NULL,
    run            INTEGER NOT NULL,
    account_number INTEGER,                     -- null: an older version has noted it, which knew of no account
    updated_at     ANY NOT NULL DEFAULT '',
    sent_at        REAL,                        -- when the confirmed attempt left, seconds since the epoch
    patience       INTEGER NOT NULL DEFAULT 0,  -- 0 to 255, by the customer: how much of the longest time it is relied on
    tried          INTEGER NOT NULL DEFAULT 0,  -- 1: the same was sent again since, and not confirmed
    PRIMARY KEY (base_number, group_number, customer)
) STRICT, WITHOUT ROWID;

INSERT INTO packed_confirmed
    SELECT (SELECT number FROM names WHERE name = base_url), (SELECT number FROM names WHERE name = group_id),
        packed_id(customer_id),
        packed_digests(first_name_digest, last_name_digest, email_digest), run,
        (SELECT number FROM names WHERE name = linked_account_id), packed_time(updated_at), sent_at, patience, tried
    FROM confirmed;

DROP TABLE confirmed;
ALTER TABLE packed_confirmed RENAME TO confirmed;

CREATE TABLE packed_kept (
    run          INTEGER NOT NULL REFERENCES runs (number),
    row          INTEGER NOT NULL,
    group_number INTEGER NOT NULL,  -- this and the next one as in `rows`: whoever confirms the customer finds it by them
    customer     ANY NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

INSERT INTO packed_kept
    SELECT run, row, (SELECT number FROM names WHERE name = group_id), packed_id(customer_id) FROM kept;

DROP TABLE kept;
ALTER TABLE packed_kept RENAME TO kept;
CREATE INDEX kept_of ON kept (group_number, customer);

UPDATE answers SET first_name_digest = substr(first_name_digest, 1, 8),
    last_name_digest = substr(last_name_digest, 1, 8), email_digest = substr(email_digest, 1, 8);
