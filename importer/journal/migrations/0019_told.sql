-- When a person was told that a run is unfinished, as its source was run again: a run of every night says it once.

ALTER TABLE runs ADD COLUMN told_at TEXT;
