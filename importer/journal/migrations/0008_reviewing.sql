-- What reviewers ask: how long requests took, what came of each, who began a run, and what has changed since.

ALTER TABLE runs ADD COLUMN started_by TEXT NOT NULL DEFAULT '';  -- the user's name, as the system knows it
ALTER TABLE rows ADD COLUMN latency_s REAL;  -- how long the last attempt took; null: it was cut off, or nobody measured
ALTER TABLE rows ADD COLUMN changed INTEGER; -- 1 first name, 2 last name, 4 e-mail: others than last confirmed; null: unknown

CREATE TABLE tries (               -- attempts that are not the last of their row
    run         INTEGER NOT NULL REFERENCES runs (number),
    row         INTEGER NOT NULL,
    number      INTEGER NOT NULL,  -- counts the attempts of the row, from 1
    sent_at     REAL NOT NULL,
    latency_s   REAL,              -- null: it was cut off
    http_status INTEGER,
    code        TEXT NOT NULL,     -- what came of it
    PRIMARY KEY (run, row, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmed (           -- what the API last confirmed of a customer, unless something else was sent since
    base_url          TEXT NOT NULL,
    group_id          TEXT NOT NULL,
    customer_id       TEXT NOT NULL,
    first_name_digest BLOB NOT NULL,
    last_name_digest  BLOB NOT NULL,
    email_digest      BLOB NOT NULL,
    run               INTEGER NOT NULL,
    PRIMARY KEY (base_url, group_id, customer_id)
) STRICT, WITHOUT ROWID;

INSERT INTO confirmed
    SELECT base_url, group_id, customer_id, first_name_digest, last_name_digest, email_digest, run FROM (
        SELECT runs.base_url, rows.group_id, rows.customer_id, rows.first_name_digest, rows.last_name_digest,
            rows.email_digest, rows.run, rows.status,
            row_number() OVER (
                PARTITION BY runs.base_url, rows.group_id, rows.customer_id ORDER BY rows.run DESC, rows.row DESC
            ) AS newest
        FROM rows JOIN runs ON runs.number = rows.run
        WHERE rows.attempts > 0 AND runs.mode = 'run' AND NOT coalesce(json_extract(runs.asked, '$.sandbox'), 0)
    ) WHERE newest = 1 AND status = 'updated';
