-- Noticing that the journal was put back from a backup: it is told elsewhere how far it has come.

CREATE TABLE progress (
    generation INTEGER NOT NULL    -- grows whenever a process begins to send, or has come to its end
) STRICT;

INSERT INTO progress VALUES (0);

CREATE TABLE gaps (                -- what this journal does not know, since a later state of it was lost
    after_run INTEGER PRIMARY KEY, -- the number of the last run before it; 0: there is none
    noticed_at TEXT NOT NULL
) STRICT;
