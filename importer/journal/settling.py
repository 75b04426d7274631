"""Statements that take rows from phase to phase: as they are sent and decided on, settled, and taken up again.

All are about the run `:run`. A row that waits to be sent is in phase 0, and repeats no other. One that a process of the
run has given an outcome before keeps its message, code and HTTP status until there is a new one: they tell its history.
"""

from __future__ import annotations

from typing import Final

from importer.journal.past_attempts import KEEP_TRIES_OF_THE_TAKEN_UP
from importer.phrases import ENDINGS

TO_BE_SENT: Final = "run = :run AND phase = 0 AND repeats IS NULL"

PASSED: Final = "run = :run AND (phase = 0 OR status IS 'unchanged') AND repeats IS NULL"
"""While a source comes in, rows against which nothing is known: those to be sent, and those that rest already."""

_IN_DOUBT: Final = "rows.maybe"
"""What may have been applied is in doubt: by this run, or by one whose rows it retries."""
_TRIED_IN_DOUBT: Final = "(rows.maybe AND rows.attempts > 0)"
"""What this run itself has tried: of the others, it is told which later run has sent to them."""
_LONGEST_HISTORY: Final = 1000
_UNTOLD: Final = f"CASE WHEN {_IN_DOUBT} THEN 'An earlier attempt may or may not have been applied' ELSE '' END"
_HISTORY: Final = f"iif(rows.message <> '', rows.message, {_UNTOLD})"
_CODE_OF_DOUBT: Final = "iif(rows.code <> '', rows.code, 'interrupted')"


def _after_history(then: str, *, again: str = "") -> str:
    """Return SQL for the message of a row: what has happened to it before, and `then`.

    Where it was told something before, it is told `again` instead, unless that is what it was told last.
    """
    again = again or then
    ended = " OR ".join(f"substr({_HISTORY}, -{len(ending)}) = '{ending}'" for ending in ENDINGS)
    return (
        f"CASE WHEN {_HISTORY} = '' THEN {then}"
        f" WHEN substr(rows.message, -length({again})) = {again} THEN rows.message"
        f" ELSE {_HISTORY} || iif({ended}, ' ', '. ') || iif(rows.message = '', {then}, {again}) END"
    )


_STOPPED_AGAIN: Final = "('Gone on with, ' || lower(substr(:message, 1, 1)) || substr(:message, 2))"
_SENT_SINCE: Final = (
    "('Run ' || runs.run_id || iif(later.sent, ' has sent to this customer since',"
    " ' has relied since on what was confirmed of this customer') || ': sending this row now would undo that')"
)
_FORGOTTEN: Final = "'The run was cut off before this row, and then forgotten'"
_CUT_OFF: Final = "'The run was cut off before this row'"

SETTLE_LEFT: Final = (
    "UPDATE rows SET phase = 2, room = NULL,"
    f" status = iif({_IN_DOUBT}, 'unconfirmed', 'not_sent'),"
    f" code = iif({_IN_DOUBT}, {_CODE_OF_DOUBT}, coalesce(:reason, '')),"
    f" message = {_after_history(':message', again=_STOPPED_AGAIN)}"
    f" WHERE {TO_BE_SENT}"
)

SETTLE_REPEATS: Final = (
    "UPDATE rows SET phase = 2, room = NULL, code = first.code,"
    " updated_at = first.updated_at, rests_on = first.rests_on,"
    " status = CASE WHEN first.status = 'updated' THEN 'duplicate' ELSE first.status END,"
    " message = 'The same change as row ' || first.row ||"
    " CASE WHEN first.rests_on IS NOT NULL THEN '' WHEN first.status = 'updated' THEN ', sent once with it'"
    " WHEN first.status = 'valid' THEN ', and would be sent once with it' ELSE ': see there' END"
    " FROM rows AS first WHERE rows.run = :run AND rows.phase = 0 AND first.run = :run"
    " AND first.row = rows.repeats AND first.phase = 2"
)

_FAMILY: Final = (
    "SELECT kin.number FROM runs AS mine JOIN runs AS kin"
    " ON coalesce(kin.root, kin.number) = coalesce(mine.root, mine.number) WHERE mine.number = :run"
)

_TAKE_UP_IN_FLIGHT: Final = (
    "UPDATE rows SET phase = 0, maybe = 1, interrupted = 1,"
    " code = iif(maybe, code, ''), message = iif(maybe, message, '') WHERE run = :run AND phase = 1"
)
"""What was told before of a row that was in no doubt then is not true any more."""

_TAKE_UP_ENDED: Final = (
    "UPDATE rows SET phase = 0, maybe = maybe OR status = 'unconfirmed', status = NULL, updated_at = '',"
    " code = iif(attempts > 0, code, ''), message = CASE WHEN attempts = 0 THEN ''"
    f" WHEN length(message) > {_LONGEST_HISTORY} THEN substr(message, 1, {_LONGEST_HISTORY}) || '…' ELSE message END"
    " WHERE run = :run AND phase = 2 AND repeats IS NULL AND status IN ('failed', 'unconfirmed', 'not_sent')"
    " AND code NOT IN ('over_limit', 'superseded', 'hidden_row')"
)
"""What an option left out stays so. A history that would grow for ever is cut: its beginning and its end tell most."""

_TAKE_UP_REPEATS: Final = (
    "UPDATE rows SET phase = 0, status = NULL, code = '', message = '', updated_at = ''"
    " WHERE run = :run AND phase = 2 AND repeats IS NOT NULL"
    " AND repeats IN (SELECT row FROM rows WHERE run = :run AND phase = 0 AND repeats IS NULL)"
)

_TAKE_ON_DOUBTS: Final = (
    "UPDATE rows SET maybe = 1, code = '', message = '' WHERE run = :run AND phase = 0 AND NOT maybe"
    f" AND row IN (SELECT kin.row FROM rows AS kin WHERE kin.run IN ({_FAMILY}) AND kin.run <> :run AND"
    " (kin.maybe OR kin.phase = 1 OR kin.status IN ('unconfirmed', 'mismatch', 'updated')))"
)
"""What another retry of the same rows may have applied meanwhile."""

_KEEP_ALL: Final = "DELETE FROM kept WHERE run = :run"
"""A process that died may have noted already what would be kept of the run when it has ended."""

TAKE_UP: Final = (
    _KEEP_ALL,
    KEEP_TRIES_OF_THE_TAKEN_UP,
    _TAKE_UP_IN_FLIGHT,
    _TAKE_UP_ENDED,
    _TAKE_UP_REPEATS,
    _TAKE_ON_DOUBTS,
)
"""In this order: a repeat waits again where the row that it repeats does."""

TAKE_UP_RUN: Final = (
    "UPDATE runs SET taken_up_at = :now, finished_at = NULL, exit_code = NULL, stop_reason = NULL, statuses = NULL,"
    " attempts = NULL, overdue_at = NULL, idle = 0, seconds = :seconds, output = :output, asked = :asked"
    " WHERE number = :run"
)

LEAVE_AS_IT_WAS: Final = (
    "UPDATE runs SET checked_at = NULL, source_sheet = NULL, source_rows = NULL,"
    " source_skipped = NULL, source_found = '{}', fix_of = NULL, taken_up_at = NULL, output = :output,"
    " folders = :folders, asked = :asked WHERE number = :run"
)
"""A run that was taken up before its source was checked, and let go again."""

WAIT_AGAIN: Final = (
    "UPDATE rows SET phase = 0, attempts = ?, http_status = NULL, code = iif(maybe, code, ''),"
    " message = iif(maybe, message, ''), maybe = ? WHERE run = ? AND row = ? AND phase = 1"
)
"""A row has been tried and is to be tried again; what the last answer was, its outcome will say."""

BEGIN_ATTEMPT: Final = (
    "UPDATE rows SET phase = 1, attempts = ?, sent_at = ?, latency_s = NULL, room = NULL,"
    " http_status = iif(maybe, http_status, NULL) WHERE run = ? AND row = ? AND phase = 0 AND repeats IS NULL"
)
"""A row that waits is about to be sent."""

_OUTCOME: Final = "status = ?, code = ?, message = ?, http_status = ?, attempts = ?, updated_at = ?, latency_s = ?"

DECIDE: Final = (
    f"UPDATE rows SET phase = 2, {_OUTCOME}, maybe = maybe OR ?"
    " WHERE run = ? AND row = ? AND phase < 2 AND repeats IS NULL"
)
"""A row that had none has its outcome."""

REVISE: Final = f"UPDATE rows SET {_OUTCOME}, maybe = ? WHERE run = ? AND row = ? AND phase = 2 AND status = ?"
"""A row that had an outcome, with that status, has another one."""

ROWS_WITHOUT_VALUES: Final = (
    f"SELECT row FROM rows WHERE {TO_BE_SENT}"
    " AND NOT EXISTS (SELECT 1 FROM sent_values.updates WHERE updates.row = rows.row)"
)

DROP_ROWS: Final = tuple(
    f"DELETE FROM main.{table} WHERE run = :run"
    for table in ("tries", "origins", "voices", "believed", "findings", "kept", "answers", "rows")
)

DROP_RUN: Final = (
    *DROP_ROWS,
    "DELETE FROM sheets WHERE run = :run",
    "DELETE FROM runs WHERE number = :run",
    "UPDATE OR REPLACE gaps SET after_run = :run - 1 WHERE after_run = :run",
)
"""Takes a run out of the journal; a later one may get its number, and has begun after a loss behind this one."""

SENT_LATER: Final = (
    "CREATE TEMP TABLE later AS SELECT rows.group_number, rows.customer, max(rows.run) AS run,"
    " rows.attempts > 0 AS sent FROM rows"
    " JOIN runs AS other ON other.number = rows.run JOIN runs AS mine ON mine.number = :run"
    " WHERE rows.run > coalesce(mine.root, mine.number)"
    " AND (rows.attempts > 0 OR (rows.status = 'unchanged' AND other.checked_at IS NOT NULL))"
    " AND coalesce(other.root, other.number) > coalesce(mine.root, mine.number)"
    " AND other.base_url = mine.base_url AND other.mode = 'run'"
    " GROUP BY rows.group_number, rows.customer"
)
"""The customers that later runs have sent to, or have not for what they hold; a retry is as old as the first of the
runs that it retries. (A column beside `max` is of the same row.)"""

SUPERSEDE: Final = (
    "UPDATE rows SET phase = 2, code = 'superseded',"
    f" status = iif({_TRIED_IN_DOUBT}, 'unconfirmed', 'not_sent'),"
    f" message = {_after_history(_SENT_SINCE)}"
    " FROM temp.later JOIN runs ON runs.number = later.run"
    " WHERE rows.run = :run AND rows.phase = 0 AND rows.repeats IS NULL"
    " AND rows.group_number = later.group_number AND rows.customer = later.customer"
)


def _as_far_as_it_came(code: str, message: str) -> str:
    """Return SQL that lets the rows of a run end that died, rows that were not sent with this code and message."""
    return (
        "UPDATE rows SET phase = 2, maybe = maybe OR phase = 1, http_status = iif(phase = 1, NULL, http_status),"
        f" status = CASE WHEN phase = 1 OR {_IN_DOUBT} THEN 'unconfirmed' ELSE 'not_sent' END,"
        f" code = CASE WHEN phase = 1 THEN 'interrupted' WHEN {_IN_DOUBT} THEN {_CODE_OF_DOUBT} ELSE {code} END,"
        " message = CASE WHEN phase = 1 THEN 'It was in flight when the run was cut off'"
        f" WHEN {_IN_DOUBT} THEN {_HISTORY}"
        f" ELSE {_after_history(message)} END"
        " WHERE run = :run AND phase < 2 AND repeats IS NULL"
    )


FORGET: Final = _as_far_as_it_came("'forgotten'", _FORGOTTEN)

SNAPSHOT: Final = (
    "CREATE TEMP TABLE rows AS SELECT * FROM main.rows WHERE run = :run",
    "CREATE UNIQUE INDEX temp.rows_by_number ON rows (run, row)",
    _as_far_as_it_came("'cut_off'", _CUT_OFF),
    SETTLE_REPEATS,
)
"""What a run that died looks like if nobody goes on with it, in a table that is found before the journal's own."""

TO_RETRY: Final = (
    "SELECT rows.row, max(kin.maybe OR kin.phase = 1 OR kin.status IS 'unconfirmed' OR kin.status IS 'mismatch')"
    f" FROM rows JOIN rows AS kin ON kin.row = rows.row AND kin.run IN ({_FAMILY})"
    " LEFT JOIN rows AS first ON first.run = kin.run AND first.row = kin.repeats"
    " WHERE rows.run = :run AND (:superseded OR rows.code <> 'superseded') AND rows.code <> 'hidden_row'"
    " AND (rows.status IS NULL OR rows.status IN ('unconfirmed', 'failed', 'not_sent'))"
    " GROUP BY rows.row"
    " HAVING NOT max(coalesce(kin.status, first.status, '') IN ('updated', 'duplicate', 'unchanged'))"
    " ORDER BY rows.row"
)
"""The rows of a run that another try may help, each with whether it may have been applied by any of its family.

The family are the first run and all retries that go back to it: they read the same source. What one of them has
confirmed is done, with its repeats, and what one of them has left in doubt is in doubt. Hidden rows that were left out
stay so. A row without an outcome is one that nobody can go on with.
"""
