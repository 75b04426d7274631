"""Rows of text into frames."""

from __future__ import annotations

import pytest

from importer.model.rows import Issue
from importer.model.source import Field
from importer.sheets.header.chunks import SourceRow, Stretch, chunked, gathered, stretch

FIELDS = (Field.CUSTOMER_ID, Field.EMAIL)


def _row(number: int) -> SourceRow:
    issues = [Issue(number, "x", "", "")] * (number % 3)
    return SourceRow(number, [str(number), "a"], issues)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("lengths", [[], [0], [7], [1, 0, 5, 1], [2, 2, 3], [5, 5]])
def test_stretches_are_divided_as_single_rows_are(size: int, lengths: list[int]) -> None:
    """Each chunk has the same rows and the same issues, however they came."""
    stretches: list[Stretch] = []
    rows: list[SourceRow] = []
    for length in lengths:
        more = [_row(2 * at) for at in range(len(rows) + 1, len(rows) + 1 + length)]
        stretches.append(stretch(more, len(FIELDS)))
        rows += more
    found, wanted = list(gathered(stretches, FIELDS, size)), list(chunked(rows, FIELDS, size))
    assert [chunk.frame.to_dict() for chunk in found] == [chunk.frame.to_dict() for chunk in wanted]
    assert [tuple(chunk.issues) for chunk in found] == [tuple(chunk.issues) for chunk in wanted]
    assert [chunk.frame.index.name for chunk in found] == ["row"] * len(found)
