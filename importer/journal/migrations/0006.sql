-- What was found out about a source, and what is worth a look in rows that can be sent.

ALTER TABLE runs ADD COLUMN source_found TEXT NOT NULL DEFAULT '{}';  -- JSON: what was detected, records that are no rows

CREATE TABLE findings (
    run     INTEGER NOT NULL REFERENCES runs (number),
    row     INTEGER NOT NULL,
    place   INTEGER NOT NULL,  -- among the findings of the row, from 0
    warning INTEGER NOT NULL,  -- 1: the row can be sent all the same
    code    TEXT NOT NULL,
    column  TEXT NOT NULL,     -- the header; empty for the whole row
    message TEXT NOT NULL,
    PRIMARY KEY (run, row, place)
) STRICT, WITHOUT ROWID;
