"""Rows of text into pandas frames, some at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from importer.model import Field, Issue
from importer.sheets.table import Chunk


class Row(NamedTuple):
    """A source row: its number, the text of each field that the table has, and what the reader found wrong."""

    number: int
    cells: Sequence[str]
    issues: Sequence[Issue] = ()


class Stretch(NamedTuple):
    """Rows that follow each other, column by column: their numbers, the text of each field, and what is wrong."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    issues: Sequence[Issue] = ()


def chunked(rows: Iterable[Row], fields: Sequence[Field], size: int) -> Iterator[Chunk]:
    """Yield the rows as frames of at most `size` rows, named by the fields, in their order; none of no rows.

    Every column has the dtype `str`: nothing is inferred, so that the customer named Null stays one.
    """
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, size)):
        yield _chunk(stretch(some, len(fields)), fields)


def gathered(stretches: Iterable[Stretch], fields: Sequence[Field], size: int) -> Iterator[Chunk]:
    """Yield the rows of stretches as `chunked` does those of single rows."""
    rest = stretch((), len(fields))
    for one in stretches:
        rest = _joined(rest, one)
        while len(rest.numbers) >= size:
            some, rest = _divided(rest, size)
            yield _chunk(some, fields)
    if rest.numbers:
        yield _chunk(rest, fields)


def stretch(rows: Sequence[Row], width: int) -> Stretch:
    """Return rows of so many cells as a stretch."""
    columns = list(zip(*(row.cells for row in rows), strict=True)) if rows else [()] * width
    return Stretch([row.number for row in rows], columns, [issue for row in rows for issue in row.issues])


def _joined(first: Stretch, second: Stretch) -> Stretch:
    if not first.numbers:
        return second
    columns = [[*one, *other] for one, other in zip(first.columns, second.columns, strict=True)]
    return Stretch([*first.numbers, *second.numbers], columns, [*first.issues, *second.issues])


def _divided(rows: Stretch, size: int) -> tuple[Stretch, Stretch]:
    """Return the first rows of a stretch, and the others, each with its issues."""
    numbers = rows.numbers[:size]
    first = Stretch(
        numbers, [column[:size] for column in rows.columns], [one for one in rows.issues if one.row <= numbers[-1]]
    )
    issues = [one for one in rows.issues if one.row > numbers[-1]]
    return first, Stretch(rows.numbers[size:], [column[size:] for column in rows.columns], issues)


def _chunk(rows: Stretch, fields: Sequence[Field]) -> Chunk:
    import pandas as pd  # noqa: PLC0415 - heavy, and not needed to know what a table is

    index = pd.Index(list(rows.numbers), name="row", dtype="int64")
    named = zip(fields, rows.columns, strict=True)
    frame = pd.DataFrame(
        {field.value: pd.Series(column, index=index, dtype="str") for field, column in named}, index=index
    )
    return Chunk(frame, tuple(rows.issues))
