-- By what the API answers, so that refusals of something in front of it can be told from its own.

CREATE TABLE voices (
    run     INTEGER NOT NULL REFERENCES runs (number),
    product TEXT NOT NULL,  -- what the header Server of a confirmation names, in lower case; empty: there was none
    PRIMARY KEY (run, product)
) STRICT, WITHOUT ROWID;
