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


def chunked(rows: Iterable[Row], fields: Sequence[Field], size: int) -> Iterator[Chunk]:
    """Yield the rows as frames of at most `size` rows, named by the fields, in their order; none of no rows.

    Every column has the dtype `str`: nothing is inferred, so that the customer named Null stays one.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and not needed to know what a table is

    names = [field.value for field in fields]
    remaining = iter(rows)
    while some := list(itertools.islice(remaining, size)):
        index = pd.Index([row.number for row in some], name="row", dtype="int64")
        columns = zip(*(row.cells for row in some), strict=True)
        frame = pd.DataFrame(
            {name: pd.Series(column, index=index, dtype="str") for name, column in zip(names, columns, strict=True)},
            index=index,
        )
        yield Chunk(frame, tuple(issue for row in some for issue in row.issues))
