-- One way to write a place, and all folders that a run has ever had.

ALTER TABLE runs ADD COLUMN folders TEXT;  -- JSON: where its reports or its claim may be; null: in `output` only

-- https://host:443/path is https://host/path, for the lock and for what supersedes what.
UPDATE runs SET base_url = iif(base_url LIKE 'https://%', 'https://', 'http://') || (
    WITH split (rest, default_port) AS (
        SELECT iif(base_url LIKE 'https://%', substr(base_url, 9), substr(base_url, 8)),
            iif(base_url LIKE 'https://%', ':443', ':80')
    ), parts (host, path, default_port) AS (
        SELECT iif(instr(rest, '/'), substr(rest, 1, instr(rest, '/') - 1), rest),
            iif(instr(rest, '/'), substr(rest, instr(rest, '/')), ''), default_port FROM split
    )
    SELECT iif(host LIKE '%' || default_port, substr(host, 1, length(host) - length(default_port)), host) || path
    FROM parts
) WHERE base_url LIKE 'http://%' OR base_url LIKE 'https://%';
