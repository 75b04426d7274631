-- Which row of which earlier run a row was mended from.

CREATE TABLE origins (
    run        INTEGER NOT NULL REFERENCES runs (number),
    row        INTEGER NOT NULL,
    origin_run TEXT NOT NULL,     -- the id of the earlier run, which may be in another journal
    origin_row INTEGER NOT NULL,  -- its row
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

CREATE INDEX origins_of ON origins (origin_run, origin_row);
