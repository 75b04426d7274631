"""The same customer in several rows: the same change is sent once, different changes are not sent at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from importer.checks.codes import Code
from importer.model.rows import Issue
from importer.phrases import named, named_rows

_ENOUGH_TO_NAME: Final = 6
"""One row more than a message names, since it leaves the row itself out."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that asks for the same change as an earlier one, `of`, with which it is sent."""

    row: int
    of: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """What becomes of one customer's rows; each of them is in exactly one of the three.

    Attributes:
        sent: The row to send; None where the rows conflict.
        duplicates: The later rows that ask for the same.
        issues: One for each row, where they conflict.
    """

    sent: int | None
    duplicates: Sequence[Duplicate]
    issues: Sequence[Issue]


def judge(rows: Sequence[tuple[int, bytes]], *, column: str) -> Repeats:
    """Decide over all the valid rows of one customer.

    Example: `judge([(2, b"same"), (7, b"same")], column="Id")` is
    `Repeats(sent=2, duplicates=(Duplicate(row=7, of=2),), issues=())`.

    Args:
        rows: At least one, in row order: each row's number and the digest of its whole change.
        column: The source's header of the customer id, for the issues.

    Raises:
        ValueError: There are no rows.
    """
    if not rows:
        raise ValueError("a customer without rows")
    first, digest = rows[0]
    if all(other == digest for _, other in rows):
        return Repeats(first, tuple(Duplicate(row, first) for row, _ in rows[1:]), ())
    numbers = [row for row, _ in rows]
    messages = [_conflict(row, numbers, column) for row in numbers[:_ENOUGH_TO_NAME]]
    if len(numbers) > _ENOUGH_TO_NAME:  # all further rows name the same others
        messages += [_conflict(numbers[-1], numbers, column)] * (len(numbers) - _ENOUGH_TO_NAME)
    code = Code.CONFLICTING_ROWS.value
    return Repeats(None, (), tuple(Issue(row, code, column, why) for row, why in zip(numbers, messages, strict=True)))


def _conflict(row: int, numbers: Sequence[int], column: str) -> str:
    other_rows = [number for number in numbers[:_ENOUGH_TO_NAME] if number != row]
    where = named_rows(other_rows, len(numbers) - 1)
    return (
        f"The customer in {named(column)} is also in {where}, and these rows do not all ask for the same change, so "
        "none of them is sent. Keep the one that is right; delete the others, or, in the rows to fix, mark them as"
        " settled."
    )
