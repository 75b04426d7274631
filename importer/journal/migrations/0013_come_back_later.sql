-- What was told to come back later may have been applied, whoever said so: earlier versions took it for certain that it was not.

UPDATE rows SET maybe = 1
    WHERE attempts > 0 AND NOT maybe AND coalesce(status, '') IN ('', 'failed', 'not_sent', 'rejected')
    AND (code IN ('http_408', 'http_503') OR EXISTS (
        SELECT 1 FROM tries WHERE tries.run = rows.run AND tries.row = rows.row AND tries.code IN ('http_408', 'http_503')
    ));
