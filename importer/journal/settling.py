"""How rows end that nothing else has decided on, and how those of an unfinished run are taken up again: statements.

All are about the run `:run`. A row that waits to be sent is in phase 0, and repeats no other.
"""

from __future__ import annotations

from typing import Final

TO_BE_SENT: Final = "run = :run AND phase = 0 AND repeats IS NULL"

SETTLE_LEFT: Final = (
    "UPDATE rows SET phase = 2,"
    " status = CASE WHEN maybe AND attempts > 0 THEN 'unconfirmed' ELSE 'not_sent' END,"
    " code = CASE WHEN maybe AND attempts > 0 THEN 'interrupted' ELSE coalesce(:reason, '') END,"
    " message = CASE WHEN maybe AND attempts > 0 THEN 'An earlier attempt may or may not have been applied. '"
    " ELSE '' END || :message"
    f" WHERE {TO_BE_SENT}"
)
"""What may have been applied is in doubt, but only where this run itself has tried it."""

SETTLE_REPEATS: Final = (
    "UPDATE rows SET phase = 2, code = first.code, updated_at = first.updated_at,"
    " status = CASE WHEN first.status = 'updated' THEN 'duplicate' ELSE first.status END,"
    " message = 'The same change as row ' || first.row ||"
    " CASE WHEN first.status = 'updated' THEN ', sent once with it' ELSE ': see there' END"
    " FROM rows AS first WHERE rows.run = :run AND rows.phase = 0 AND first.run = :run"
    " AND first.row = rows.repeats AND first.phase = 2"
)

_TAKE_UP_IN_FLIGHT: Final = "UPDATE rows SET phase = 0, maybe = 1, interrupted = 1 WHERE run = :run AND phase = 1"

_TAKE_UP_ENDED: Final = (
    "UPDATE rows SET phase = 0, maybe = maybe OR status = 'unconfirmed', status = NULL, code = '', message = '',"
    " http_status = NULL, updated_at = ''"
    " WHERE run = :run AND phase = 2 AND repeats IS NULL AND status IN ('failed', 'unconfirmed', 'not_sent')"
    " AND code NOT IN ('over_limit', 'superseded')"
)
"""What an option left out stays so."""

_TAKE_UP_REPEATS: Final = (
    "UPDATE rows SET phase = 0, status = NULL, code = '', message = '', updated_at = ''"
    " WHERE run = :run AND phase = 2 AND repeats IS NOT NULL"
    " AND repeats IN (SELECT row FROM rows WHERE run = :run AND phase = 0 AND repeats IS NULL)"
)

TAKE_UP: Final = (_TAKE_UP_IN_FLIGHT, _TAKE_UP_ENDED, _TAKE_UP_REPEATS)
"""In this order: a repeat waits again where the row that it repeats does."""

TAKE_UP_RUN: Final = (
    "UPDATE runs SET taken_up_at = :now, finished_at = NULL, exit_code = NULL, stop_reason = NULL, statuses = NULL,"
    " attempts = NULL, overdue_at = NULL, seconds = :seconds WHERE number = :run"
)

WITHOUT_VALUES: Final = (
    f"SELECT count(*) FROM rows WHERE {TO_BE_SENT}"
    " AND NOT EXISTS (SELECT 1 FROM held.updates WHERE updates.row = rows.row)"
)

DROP_ROWS: Final = "DELETE FROM rows WHERE run = :run"

SENT_LATER: Final = (
    "CREATE TEMP TABLE later AS SELECT rows.group_id, rows.customer_id, max(rows.run) AS run FROM rows"
    " JOIN runs AS other ON other.number = rows.run JOIN runs AS mine ON mine.number = :run"
    " WHERE rows.run > coalesce(mine.root, mine.number) AND rows.attempts > 0"
    " AND coalesce(other.root, other.number) > coalesce(mine.root, mine.number)"
    " AND other.base_url = mine.base_url AND other.mode = 'run'"
    " GROUP BY rows.group_id, rows.customer_id"
)
"""The customers that later runs have sent to; retries of one run are as old as that."""

SUPERSEDE: Final = (
    "UPDATE rows SET phase = 2, code = 'superseded',"
    " status = CASE WHEN rows.maybe AND rows.attempts > 0 THEN 'unconfirmed' ELSE 'not_sent' END,"
    " message = CASE WHEN rows.maybe AND rows.attempts > 0 THEN 'An earlier attempt may or may not have been applied. '"
    " ELSE '' END || 'Run ' || runs.run_id || ' has sent to this customer since: sending this row now would undo that'"
    " FROM temp.later JOIN runs ON runs.number = later.run"
    " WHERE rows.run = :run AND rows.phase = 0 AND rows.repeats IS NULL"
    " AND rows.group_id = later.group_id AND rows.customer_id = later.customer_id"
)

FORGET: Final = (
    "UPDATE rows SET phase = 2, maybe = maybe OR phase = 1,"
    " status = CASE WHEN phase = 1 OR (maybe AND attempts > 0) THEN 'unconfirmed' ELSE 'not_sent' END,"
    " code = CASE WHEN phase = 1 OR (maybe AND attempts > 0) THEN 'interrupted' ELSE 'forgotten' END,"
    " message = CASE WHEN phase = 1 THEN 'It was in flight when the run was cut off'"
    " WHEN maybe AND attempts > 0 THEN 'An earlier attempt may or may not have been applied'"
    " ELSE 'The run was cut off before this row, and then forgotten' END"
    " WHERE run = :run AND phase < 2 AND repeats IS NULL"
)

TO_RETRY: Final = (
    "SELECT row, maybe OR phase = 1 OR status IS 'unconfirmed' FROM rows WHERE run = :run"
    " AND (status IS NULL OR status IN ('unconfirmed', 'failed', 'not_sent')) ORDER BY row"
)
"""A doubt is handed on through any number of retries; a row without an outcome is one that nobody can go on with."""
