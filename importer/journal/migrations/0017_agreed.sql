-- Whether somebody has agreed that a run is sent: one that was cut off before that is none.

ALTER TABLE runs ADD COLUMN agreed INTEGER NOT NULL DEFAULT 1;  -- 0: whoever is asked has not said yes so far
ALTER TABLE runs ADD COLUMN idle REAL NOT NULL DEFAULT 0;       -- seconds that its newest process has waited for a person or another run
