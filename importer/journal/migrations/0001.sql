-- Runs and their rows. No name and no e-mail address is ever in here: only keyed digests of them.

CREATE TABLE runs (
    number            INTEGER PRIMARY KEY,
    run_id            TEXT NOT NULL UNIQUE,
    mode              TEXT NOT NULL,
    version           TEXT NOT NULL,
    started_at        TEXT NOT NULL,
    checked_at        TEXT,            -- the whole source is checked and journalled
    finished_at       TEXT,            -- delivery is over
    exit_code         INTEGER,         -- the reports are written
    stop_reason       TEXT,
    source_path       TEXT NOT NULL,
    source_sheet      TEXT,
    source_sha256     TEXT NOT NULL,
    source_rows       INTEGER,
    source_skipped    INTEGER,
    base_url          TEXT NOT NULL,   -- empty where nothing is to be sent anywhere
    group_id          TEXT,
    linked_account_id TEXT,
    output            TEXT NOT NULL,   -- the folder of the run's reports
    settings          TEXT NOT NULL    -- JSON, without the key
) STRICT;

CREATE TABLE rows (
    run               INTEGER NOT NULL REFERENCES runs (number),
    row               INTEGER NOT NULL,
    group_id          TEXT,            -- this and the next two are null for a row that cannot be sent
    linked_account_id TEXT,
    customer_id       TEXT,
    first_name_digest BLOB,
    last_name_digest  BLOB,
    email_digest      BLOB,
    note              TEXT NOT NULL DEFAULT '',
    phase             INTEGER NOT NULL DEFAULT 0,  -- 0 to be sent, 1 about to be sent or sent, 2 has its outcome
    maybe             INTEGER NOT NULL DEFAULT 0,  -- 1: an attempt may have been applied
    repeats           INTEGER,         -- the earlier row that stands for this one
    attempts          INTEGER NOT NULL DEFAULT 0,
    sent_at           REAL,            -- the last attempt, seconds since the epoch
    status            TEXT,
    code              TEXT NOT NULL DEFAULT '',
    message           TEXT NOT NULL DEFAULT '',
    http_status       INTEGER,
    updated_at        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
