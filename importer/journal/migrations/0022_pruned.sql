-- Runs whose rows are not kept any more, though their lines are.

ALTER TABLE runs ADD COLUMN pruned_at TEXT;  -- when its rows began to go; null: they are there
