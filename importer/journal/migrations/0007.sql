-- Telling that two customers have the same address, however it is written.

ALTER TABLE rows ADD COLUMN lower_email_digest BLOB;  -- of the address in lower case; null: email_digest is that one
