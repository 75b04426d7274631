-- Telling a run that was taken up again from one that died long ago.

ALTER TABLE runs ADD COLUMN taken_up_at TEXT;  -- when the last process went on with it; null: it was never resumed
