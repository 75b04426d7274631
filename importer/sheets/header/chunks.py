"""Rows of text into pandas frames, some at a time."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from importer.model.rows import Issue
from importer.model.source import Field, Origin
from importer.sheets.table import Chunk


class SourceRow(NamedTuple):
    """A source row: its number, the text of each field of the table, what the reader found wrong, where it is from."""

    number: int
    cells: Sequence[str]
    issues: Sequence[Issue] = ()
    origin: Origin | None = None


class Stretch(NamedTuple):
    """Rows that follow each other, column by column: their numbers, the text of each field, what else a row has."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    issues: Sequence[Issue] = ()
    origins: Sequence[Origin] = ()


def chunked(rows: Iterable[SourceRow], fields: Sequence[Field], size: int) -> Iterator[Chunk]:
    """Yield the rows as frames of at most `size` rows, named by the fields, in their order; none of no rows.

    Every column has the dtype `str`: nothing is inferred, so that the customer named Null stays one.
    """
    remaining = iter(rows)
    while chunk_rows := list(itertools.islice(remaining, size)):
        yield _chunk(stretch(chunk_rows, len(fields)), fields)


def gathered(stretches: Iterable[Stretch], fields: Sequence[Field], size: int) -> Iterator[Chunk]:
    """Yield the rows of stretches as `chunked` does those of single rows."""
    held: list[Stretch] = []
    count = 0
    for next_stretch in stretches:
        held.append(next_stretch)
        count += len(next_stretch.numbers)
        if count >= size:
            *full, remainder = _divided(_joined(held, len(fields)), size)
            yield from (_chunk(part, fields) for part in full)
            held, count = [remainder], len(remainder.numbers)
    if count:
        yield _chunk(_joined(held, len(fields)), fields)


def stretch(rows: Sequence[SourceRow], width: int) -> Stretch:
    """Return rows of so many cells as a stretch."""
    columns = list(zip(*(row.cells for row in rows), strict=True)) if rows else [()] * width
    issues = [issue for row in rows for issue in row.issues]
    return Stretch([row.number for row in rows], columns, issues, [row.origin for row in rows if row.origin])


def _joined(parts: Sequence[Stretch], width: int) -> Stretch:
    """Return stretches of so many columns, which follow each other, as one."""
    flat = itertools.chain.from_iterable
    return Stretch(
        list(flat(part.numbers for part in parts)),
        [list(flat(part.columns[at] for part in parts)) for at in range(width)],
        list(flat(part.issues for part in parts)),
        list(flat(part.origins for part in parts)),
    )


def _divided(rows: Stretch, size: int) -> Iterator[Stretch]:
    """Yield the rows of a stretch by `size`, each part with what it has, and at last what is left: less than that."""
    issue_rows = [issue.row for issue in rows.issues]
    origin_rows = [origin.row for origin in rows.origins]
    issues_to = origins_to = 0
    for start in range(0, len(rows.numbers) + 1, size):
        numbers = rows.numbers[start : start + size]
        issues_from, issues_to = issues_to, bisect.bisect_right(issue_rows, numbers[-1]) if numbers else issues_to
        origins_from, origins_to = (
            origins_to,
            bisect.bisect_right(origin_rows, numbers[-1]) if numbers else origins_to,
        )
        columns = [column[start : start + size] for column in rows.columns]
        yield Stretch(numbers, columns, rows.issues[issues_from:issues_to], rows.origins[origins_from:origins_to])


def _chunk(rows: Stretch, fields: Sequence[Field]) -> Chunk:
    import pandas as pd  # noqa: PLC0415 - heavy, and not needed to know what a table is

    index = pd.Index(list(rows.numbers), name="row", dtype="int64")
    cells_by_field = zip(fields, rows.columns, strict=True)
    frame = pd.DataFrame(
        {field.value: pd.Series(column, index=index, dtype="str") for field, column in cells_by_field}, index=index
    )
    return Chunk(frame, tuple(rows.issues), origins=tuple(rows.origins))
