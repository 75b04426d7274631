-- Whether a row that a person has marked as settled is still as it was, which only a digest of it can tell.

ALTER TABLE rows ADD COLUMN given_digest BLOB;  -- of a row that could not be sent, as it was read; null: it could be, or nobody noted it
