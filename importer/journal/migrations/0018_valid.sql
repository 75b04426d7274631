-- Rows that a check or a dry run finds nothing wrong with are valid; earlier versions called them not_sent, with a code of their own.

ALTER TABLE runs ADD COLUMN would_be_sent INTEGER;  -- of a check or a dry run: valid rows without their repeats; null: not known

UPDATE rows SET status = 'valid', code = '',
    message = iif(repeats IS NULL, '', replace(message, ': see there', ', and would be sent once with it'))
    WHERE status = 'not_sent' AND code IN ('check_only', 'dry_run')
    AND run IN (SELECT number FROM runs WHERE mode <> 'run');

UPDATE runs SET would_be_sent = (
        SELECT count(*) FROM rows WHERE rows.run = runs.number AND rows.status = 'valid' AND rows.repeats IS NULL
    ) WHERE mode <> 'run' AND checked_at IS NOT NULL;

UPDATE runs SET statuses = (
        SELECT json_set(runs.statuses, '$.valid', count(*),
            '$.not_sent', coalesce(json_extract(runs.statuses, '$.not_sent'), 0) - count(*))
        FROM rows WHERE rows.run = runs.number AND rows.status = 'valid'
    ) WHERE mode <> 'run' AND statuses IS NOT NULL;
