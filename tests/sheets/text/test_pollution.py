"""Polluted files, read raw: what a person sees in them, whether the dialect is found out or said."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.raw_text import open_raw_text
from tests.sheets.text.pollution import Polluted, customers, pollutions, sales, small

pytestmark = pytest.mark.slow


def _cells(path: Path, data: bytes, reading: Reading) -> Sequence[Sequence[str]]:
    path.write_bytes(data)
    return [cells for _, cells in open_raw_text(SourceFile(path, path.name), reading).records()]


def _polluted() -> list[Polluted]:
    rng = random.Random(4)  # noqa: S311 - the same tables every time
    tables = [make(rng, rows) for make in (sales, customers, small) for rows in (40, 5)]
    return [one for table in tables for one in pollutions(table, rng)]


@pytest.mark.parametrize("is_said", [False, True], ids=["found out", "said"])
def test_every_pollution_reads_to_the_cells_that_are_in_it(tmp_path: Path, *, is_said: bool) -> None:
    """A blank line is a record without cells; nothing else is dropped, moved or changed."""
    wrong: list[str] = []
    for one in _polluted():
        reading = one.said if is_said else Reading(encoding=one.said.encoding)
        if list(_cells(tmp_path / "a.csv", one.data, reading)) != [list(row) for row in one.cells]:
            wrong.append(one.kind)
    assert wrong == []
