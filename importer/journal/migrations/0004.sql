-- Erasing what is kept for too long only where two looks, a day apart, agree: a clock may have jumped.

ALTER TABLE runs ADD COLUMN overdue_at TEXT;  -- when it was first found to be kept for too long; null: it is not
