-- What of people's data is kept when a run has ended, until it is confirmed; digests of what the API answered; sheets that are a run's own.

CREATE TABLE kept (
    run         INTEGER NOT NULL REFERENCES runs (number),
    row         INTEGER NOT NULL,
    group_id    TEXT NOT NULL,     -- this and the next one as in `rows`: whoever confirms the customer finds it by them
    customer_id TEXT NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_of ON kept (group_id, customer_id);

CREATE TABLE answers (             -- of rows that are a mismatch
    run               INTEGER NOT NULL REFERENCES runs (number),
    row               INTEGER NOT NULL,
    first_name_digest BLOB,        -- of the value that the API holds; null: the one that was sent
    last_name_digest  BLOB,
    email_digest      BLOB,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE sheets (              -- annotated sheets as the run wrote them
    run      INTEGER NOT NULL REFERENCES runs (number),
    sha256   TEXT NOT NULL,
    redacted INTEGER NOT NULL,     -- 1: names and addresses are masked
    PRIMARY KEY (run, sha256)
) STRICT, WITHOUT ROWID;
