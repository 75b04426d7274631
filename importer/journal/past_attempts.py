"""The requests of a run, one by one: the last of each row, and the tries before it."""

from __future__ import annotations

from typing import Final

KEEP_TRY: Final = (
    "INSERT OR IGNORE INTO tries (run, row, number, sent_at, latency_s, http_status, code)"
    " SELECT run, row, attempts, sent_at, ?, ?, ? FROM rows WHERE run = ? AND row = ? AND phase = 1"
)
"""What became of an attempt after which its row waits for another one."""

KEEP_TRIES_OF_THE_TAKEN_UP: Final = (
    "INSERT OR IGNORE INTO tries (run, row, number, sent_at, latency_s, http_status, code)"
    " SELECT run, row, attempts, sent_at, iif(phase = 1, NULL, latency_s), iif(phase = 1, NULL, http_status),"
    " iif(phase = 1, 'interrupted', code) FROM rows WHERE run = :run AND attempts > 0 AND sent_at IS NOT NULL"
    " AND (phase = 1 OR (repeats IS NULL AND status IN ('failed', 'unconfirmed', 'not_sent')))"
)
"""Before rows of an unfinished run wait again: what their next attempt would overwrite."""

_USELESS: Final = "coalesce({0} NOT BETWEEN 300 AND 599, 0)"
"""What is neither refused nor failed should have told of the customer."""
_LAST: Final = (
    "SELECT rows.sent_at, iif(tries.row IS NULL, rows.latency_s, tries.latency_s) AS latency_s, CASE"
    " WHEN tries.row IS NOT NULL THEN tries.http_status WHEN rows.phase <> 1 THEN rows.http_status END AS http_status,"
    " rows.status FROM rows LEFT JOIN tries"
    " ON tries.run = rows.run AND tries.row = rows.row AND tries.number = rows.attempts"
    " WHERE rows.run = :run AND rows.attempts > 0 AND rows.sent_at IS NOT NULL"
)
"""Of a row that waits after its last attempt, or has ended without another one, only the try tells what came of it."""
_LAST_REQUEST: Final = (
    "SELECT sent_at, latency_s, http_status, status IS 'updated',"
    f" coalesce(status, '') NOT IN ('updated', 'mismatch') AND {_USELESS.format('http_status')} FROM ({_LAST})"
)
_EARLIER: Final = (
    f"SELECT tries.sent_at, tries.latency_s, tries.http_status, 0, {_USELESS.format('tries.http_status')}"
    " FROM tries JOIN rows USING (run, row) WHERE tries.run = :run AND tries.number < rows.attempts"
)
REQUESTS: Final = f"{_LAST_REQUEST} UNION ALL {_EARLIER}"
UNANSWERED: Final = f"SELECT count(*) > 0 AND count(http_status) = 0 FROM ({REQUESTS})"
DURATION: Final = f"SELECT min(sent_at), max(sent_at + coalesce(latency_s, 0)), count(*) FROM ({REQUESTS})"
