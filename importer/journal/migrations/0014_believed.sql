-- Refusals that were believed before the first confirmation of their run: what that shows, a later process may see.

CREATE TABLE believed (
    run     INTEGER NOT NULL REFERENCES runs (number),
    row     INTEGER NOT NULL,
    product TEXT NOT NULL,  -- what the header Server of the refusal names, in lower case; empty: there was none
    code    TEXT NOT NULL,  -- of the outcome that the row has where the API does not answer by that product
    message TEXT NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
