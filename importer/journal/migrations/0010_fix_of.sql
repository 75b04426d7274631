-- Which runs a run fixes, so that nobody counts the origins of its rows again each time that runs are listed.

ALTER TABLE runs ADD COLUMN fix_of TEXT;  -- the ids of these runs as a JSON list, most rows first; null: not counted yet
