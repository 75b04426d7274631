"""What the API last confirmed of each customer, and how a run's values differ from that: statements.

It is known by digests only, and by base URL, group and customer id. All statements are about the run `:run`; `:place`
is its base URL, "" where nothing is remembered of it: the embedded API is another one each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from importer.journal.settling import SETTLE_REPEATS
from importer.model.run import Changes
from importer.model.source import VALUE_FIELDS, Field

PATIENCE: Final = 256
"""A confirmation is relied on for between half of the longest time and all of it, in so many steps."""
_DIGESTS: Final = ", ".join(f"{field}_digest" for field in VALUE_FIELDS)
_OF_ROW: Final = (
    "confirmed.base_url = :place AND confirmed.group_id = rows.group_id AND confirmed.customer_id = rows.customer_id"
)

VOID: Final = (
    "DELETE FROM confirmed WHERE base_url = :place AND group_id = :group_id AND customer_id = :customer_id"
    f" AND ({_DIGESTS}) IS NOT (SELECT {_DIGESTS} FROM rows WHERE run = :run AND row = :row)"
)
"""Before other values are sent to a customer: once they have left, nobody knows what holds until they are confirmed."""

CONFIRM: Final = (
    f"INSERT OR REPLACE INTO confirmed (base_url, group_id, customer_id, {_DIGESTS}, run, linked_account_id,"
    f" updated_at, sent_at, patience) SELECT :place, group_id, customer_id, {_DIGESTS}, run, linked_account_id,"
    " updated_at, sent_at, :patience FROM rows WHERE run = :run AND row = :row"
)

TRY_AGAIN: Final = (
    "UPDATE confirmed SET tried = 1 WHERE base_url = :place AND group_id = :group_id AND customer_id = :customer_id"
)
"""Before anything is sent to a customer: until it is confirmed, nothing more rests on what was."""

CONTRADICT: Final = (
    "DELETE FROM confirmed WHERE base_url = :place AND (group_id, customer_id) ="
    " (SELECT group_id, customer_id FROM rows WHERE run = :run AND row = :row)"
)
"""Where the API answers that a customer holds other values than were sent: what was confirmed holds no longer."""

_NEWEST_GAP: Final = "coalesce((SELECT max(after_run) FROM gaps), 0)"
"""What was confirmed before it may be long outdated: the journal has lost what came after."""
_SAME_DIGESTS: Final = " AND ".join(f"confirmed.{field}_digest = rows.{field}_digest" for field in VALUE_FIELDS)

REST: Final = (
    "UPDATE rows SET rests_on = confirmed.run, updated_at = iif(:ends, confirmed.updated_at, ''),"
    " phase = iif(:ends, 2, 0), status = iif(:ends, 'unchanged', NULL) FROM confirmed"
    " JOIN runs AS other ON other.number = confirmed.run JOIN runs AS mine ON mine.number = :run"
    " WHERE rows.run = :run AND rows.phase = 0 AND rows.repeats IS NULL AND NOT rows.maybe"
    f" AND {_OF_ROW} AND confirmed.linked_account_id = rows.linked_account_id"
    f" AND {_SAME_DIGESTS} AND other.digest_key = mine.digest_key AND NOT confirmed.tried"
    f" AND confirmed.run > {_NEWEST_GAP} AND confirmed.sent_at <= :now"
    f" AND :now < confirmed.sent_at + :longest_s * ({PATIENCE} + confirmed.patience) / {2 * PATIENCE}.0"
)
"""Lets rows rest that say just what was last confirmed of their customers, as far as that may be relied on."""

END_REPEATS: Final = f"{SETTLE_REPEATS} AND first.rests_on IS NOT NULL"
"""Rows that repeat one that has come to rest end with it, before anybody is told how many are left."""

COUNT_RESTING: Final = (
    "SELECT count(*), min(confirmed.sent_at) FROM rows LEFT JOIN rows AS first ON first.run = rows.run"
    f" AND first.row = rows.repeats LEFT JOIN confirmed ON {_OF_ROW}"
    " WHERE rows.run = :run AND coalesce(rows.rests_on, first.rests_on) IS NOT NULL"
)

_BITS: Final = {field: 1 << at for at, field in enumerate(VALUE_FIELDS)}
_DIFFERENCE: Final = " + ".join(
    f"{bit} * (rows.{field}_digest IS NOT confirmed.{field}_digest)" for field, bit in _BITS.items()
)

NOTE_CHANGES: Final = (
    f"UPDATE rows SET changed = (SELECT {_DIFFERENCE} FROM confirmed JOIN runs AS other ON other.number = confirmed.run"
    f" WHERE {_OF_ROW} AND other.digest_key IS (SELECT digest_key FROM runs WHERE number = :run))"
    " WHERE run = :run AND customer_id IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM confirmed WHERE base_url = :place)"
)
"""Once, when the whole source is journalled and nothing is sent. Digests under another key cannot be compared."""

COUNT_CHANGES: Final = (
    "SELECT count(changed), coalesce(sum(changed = 0), 0)"
    + "".join(f", coalesce(sum(changed & {bit} > 0), 0)" for bit in _BITS.values())
    + " FROM rows WHERE run = :run"
)


def counted_changes(counts: Sequence[int]) -> Changes | None:
    """Return what `COUNT_CHANGES` has found; None where nothing was compared."""
    compared, same, *differing = counts
    if not compared:
        return None
    return Changes(compared=compared, same=same, fields=dict(zip(VALUE_FIELDS, differing, strict=True)))


def changed_fields(bits: int | None) -> tuple[Field, ...] | None:
    """Return the fields that the journal's number stands for; None where nobody knows.

    Example: `changed_fields(5)` is `(Field.FIRST_NAME, Field.EMAIL)`.
    """
    return None if bits is None else tuple(field for field, bit in _BITS.items() if bits & bit)
