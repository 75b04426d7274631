"""What the API last confirmed of each customer, and how a run's values differ from that: statements.

It is known by digests only, and by base URL, group and customer id. All statements are about the run `:run`; `:place`
is the number of its base URL, 0 where nothing is remembered of it: the embedded API is another one each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from importer.journal.packed.blocks import BLOCK, CUSTOMER_AT, DIGESTS_AT
from importer.journal.packed.digests_of_rows import digest_of
from importer.journal.settling import SETTLE_REPEATS
from importer.model.run import Changes
from importer.model.source import VALUE_FIELDS, Field

PATIENCE: Final = 256
"""A confirmation is relied on for between half of the longest time and all of it, in so many steps."""
_OF_ROW: Final = (
    "confirmed.base_number = :place AND confirmed.group_number = rows.group_number"
    " AND confirmed.customer = rows.customer"
)

VOID: Final = (
    "DELETE FROM confirmed WHERE base_number = :place AND group_number = :group AND customer = :customer"
    " AND digests IS NOT (SELECT digests FROM rows WHERE run = :run AND row = :row)"
)
"""Before other values are sent to a customer: once they have left, nobody knows what holds until they are confirmed."""

CONFIRM: Final = (
    "INSERT OR REPLACE INTO confirmed (base_number, group_number, customer, digests, run, account_number,"
    " updated_at, sent_at, patience) SELECT :place, group_number, customer, digests, run, account_number,"
    " updated_at, sent_at, :patience FROM rows WHERE run = :run AND row = :row"
)

TRY_AGAIN: Final = (
    "UPDATE confirmed SET tried = 1 WHERE base_number = :place AND group_number = :group AND customer = :customer"
)
"""Before anything is sent to a customer: until it is confirmed, nothing more rests on what was."""

CONTRADICT: Final = (
    "DELETE FROM confirmed WHERE base_number = :place AND (group_number, customer) ="
    " (SELECT group_number, customer FROM rows WHERE run = :run AND row = :row)"
)
"""Where the API answers that a customer holds other values than were sent: what was confirmed holds no longer."""

_NEWEST_GAP: Final = "coalesce((SELECT max(after_run) FROM gaps), 0)"
"""What was confirmed before it may be long outdated: the journal has lost what came after."""

_BITS: Final = {field: 1 << at for at, field in enumerate(VALUE_FIELDS)}
_DIFFERENCE: Final = " + ".join(
    f"{bit} * ({digest_of(field)} <> {digest_of(field, 'confirmed')})" for field, bit in _BITS.items()
)

MAKE_MET: Final = (
    "DROP TABLE IF EXISTS temp.met",
    "CREATE TEMP TABLE met (row INTEGER PRIMARY KEY, changed, run, updated_at, sent_at, rests)",
)
MAKE_RELIED_ON: Final = (
    "DROP TABLE IF EXISTS temp.relied_on",
    "CREATE TEMP TABLE relied_on (number INTEGER PRIMARY KEY)",
)
FIND_RELIED_ON: Final = (
    "INSERT INTO temp.relied_on SELECT other.number FROM runs AS other JOIN runs AS mine ON mine.number = :run"
    f" WHERE other.digest_key = mine.digest_key AND other.number > {_NEWEST_GAP}"
)
"""Notes the runs whose confirmations count, once and not with each row."""

_STANDS: Final = (
    "NOT confirmed.tried AND confirmed.sent_at <= :now"
    f" AND :now < confirmed.sent_at + :longest_s * ({PATIENCE} + confirmed.patience) / {2 * PATIENCE}.0"
)

MEET_BLOCK: Final = (
    f"INSERT INTO temp.met {BLOCK}"
    " SELECT :first + at, 0, confirmed.run, confirmed.updated_at, confirmed.sent_at, 1"
    f" FROM block CROSS JOIN confirmed ON confirmed.base_number = :place AND confirmed.group_number = :group"
    f" AND confirmed.customer = {CUSTOMER_AT}"
    f" WHERE confirmed.account_number = :account AND confirmed.digests = {DIGESTS_AT}"
    f" AND confirmed.run IN temp.relied_on AND {_STANDS}"
)
"""Finds the rows that may rest among those of a block, before they come in: nothing else is known of them yet."""

FORGET_DECIDED: Final = (
    "DELETE FROM temp.met WHERE row IN"
    " (SELECT row FROM rows WHERE run = :run AND customer IS NOT NULL AND status IS NOT 'unchanged')"
)
"""Rows that rested as they came in, and of which other rows or their warnings have decided since: `MEET` meets them."""

MEET: Final = (
    "INSERT INTO temp.met"
    f" SELECT rows.row, {_DIFFERENCE}, confirmed.run, confirmed.updated_at, confirmed.sent_at, coalesce("
    "rows.phase = 0 AND rows.repeats IS NULL AND NOT rows.maybe AND NOT :is_outdated"
    " AND confirmed.account_number = rows.account_number AND confirmed.digests = rows.digests"
    f" AND other.digest_key = mine.digest_key AND confirmed.run > {_NEWEST_GAP} AND {_STANDS}, 0)"
    f" FROM rows JOIN confirmed ON {_OF_ROW}"
    " JOIN runs AS other ON other.number = confirmed.run JOIN runs AS mine ON mine.number = :run"
    " WHERE rows.run = :run AND rows.customer IS NOT NULL AND other.digest_key IS mine.digest_key"
    " AND rows.status IS NOT 'unchanged'"
)
"""Holds each row to what was last confirmed of its customer, once: how it differs, and whether it may rest on that.

That is each that does not rest already. It may where it says just the same, as far as that may be relied on. To look a
customer up costs most.
"""

REST: Final = (
    "UPDATE rows SET changed = iif(:notes, met.changed, rows.changed), rests_on = iif(rests, met.run, NULL),"
    " updated_at = iif(rests AND :ends, met.updated_at, rows.updated_at), phase = iif(rests AND :ends, 2, phase),"
    " status = iif(rests AND :ends, 'unchanged', status), room = iif(rests AND :ends, NULL, room)"
    " FROM temp.met WHERE rows.run = :run AND rows.row = met.row AND (rests OR :notes)"
    " AND rows.status IS NOT 'unchanged'"
)
"""Lets these rows rest, and notes how each differs where that is of the run's own place."""

END_REPEATS: Final = f"{SETTLE_REPEATS} AND first.rests_on IS NOT NULL"
"""Rows that repeat one that has come to rest end with it, before anybody is told how many are left."""

COUNT_RESTING: Final = (
    "SELECT (SELECT count(*) FROM temp.met WHERE rests) + (SELECT count(*) FROM rows JOIN temp.met"
    " ON met.row = rows.repeats AND rests WHERE rows.run = :run AND rows.repeats IS NOT NULL),"
    " (SELECT min(sent_at) FROM temp.met WHERE rests)"
)

NOTE_CHANGES: Final = (
    f"UPDATE rows SET changed = (SELECT {_DIFFERENCE} FROM confirmed JOIN runs AS other ON other.number = confirmed.run"
    f" WHERE {_OF_ROW} AND other.digest_key IS (SELECT digest_key FROM runs WHERE number = :run))"
    " WHERE run = :run AND customer IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM confirmed WHERE base_number = :place)"
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


@cache
def changed_fields(bits: int | None) -> tuple[Field, ...] | None:
    """Return the fields that the journal's number stands for; None where nobody knows.

    Example: `changed_fields(5)` is `(Field.FIRST_NAME, Field.EMAIL)`.
    """
    return None if bits is None else tuple(field for field, bit in _BITS.items() if bits & bit)
