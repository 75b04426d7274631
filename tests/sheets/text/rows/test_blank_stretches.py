"""Stretches of blank records: nobody looks at them one by one, and each is what it would be by itself."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model.source import APPENDED_COLUMNS, Skip
from importer.sheets.open import open_table, open_writer
from importer.sheets.table import BlockTable, BlockWriter, PlainRecords, RecordKind
from importer.sheets.text.batches import Batch
from importer.sheets.text.rows.blank_stretches import SHORTEST, blanks_apart
from tests.sheets.files import ANA, BEN, HEADER, write_csv

HEAD = ",".join(HEADER) + "\n"
ROW, OTHER = (",".join(cells) + "\n" for cells in (ANA, BEN))
MANY = 5_000

RecordAsLine = tuple[list[str], str]
lines: st.SearchStrategy[RecordAsLine] = st.sampled_from(
    [([], "\n"), (["", "", "", ""], ",,,\n"), (["  "], "  \n"), (["\u00a0"], "\u00a0\n"), (ANA, ROW)]
)
repeated = st.builds(lambda line, count: [line] * count, lines, st.integers(1, 2 * SHORTEST))
records = st.lists(repeated, min_size=1, max_size=6).map(lambda groups: list(chain.from_iterable(groups)))


@given(records, st.integers(1, 100), st.data())
def test_what_is_apart_is_what_was_together(found: list[RecordAsLine], first: int, data: st.DataObject) -> None:
    """Each record keeps its number and all that is known of it; stretches that are long enough have nothing beside."""
    cells, raw = [cells for cells, _ in found], [line for _, line in found]
    stray = frozenset(data.draw(st.sets(st.sampled_from(range(len(raw))))))
    batch = Batch(first, cells, raw, stray, "".join(raw), is_cut=data.draw(st.booleans()))
    parts = list(blanks_apart([batch]))
    assert list(chain.from_iterable(part.records() for part in parts)) == list(batch.records())
    assert [part.text for part in parts] == ["".join(part.raw) for part in parts]
    for part in parts:
        blank = [not any(map(str.strip, cells)) for cells in part.cells]
        assert all(blank) or not any(all(blank[at : at + SHORTEST]) for at in range(len(blank) - SHORTEST + 1))


@pytest.mark.parametrize(
    ("line", "skip"),
    [
        ("\n", Skip.BLANK),
        (",,,\n", Skip.BLANK),
        ("   \n", Skip.BLANK),
        ('""\n', Skip.BLANK),
        ('"","","",""\n', Skip.BLANK),
        ("\n,\n,,\n", Skip.BLANK),
        (";;;\n", Skip.NOBODYS),
    ],
)
def test_they_are_taken_many_at_a_time(tmp_path: Path, line: str, skip: Skip) -> None:
    """Between two rows and below them, in few blocks; the report of them is what it is record by record."""
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + ROW + line * MANY + OTHER + line * MANY))
    assert isinstance(table, BlockTable)
    assert sum(len(chunk.frame) for chunk in table.chunks(100)) == 2
    assert table.skips == {skip: 2 * MANY * line.count("\n")}
    blocks = list(table.blocks())
    count = sum(len(block) for block in blocks if isinstance(block, PlainRecords) and block.kind is RecordKind.SKIPPED)
    if skip is Skip.BLANK:
        assert count == 2 * MANY * line.count("\n")
        assert len(blocks) < 50
    written = []
    for is_many in (True, False):
        path = tmp_path / f"b{is_many}.csv"
        with open_writer(path, table, format="csv") as writer:
            assert isinstance(writer, BlockWriter)
            for block in blocks if is_many else table.records():
                if isinstance(block, PlainRecords):
                    writer.write_many(block, [[None] * len(block)] * len(APPENDED_COLUMNS))
                else:
                    writer.write(block, [None] * len(APPENDED_COLUMNS))
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_quoted_delimiter_is_not_blank(tmp_path: Path) -> None:
    """Text that is nothing but signs of the dialect may be a cell that holds one."""
    table = open_table(write_csv(tmp_path / "a.csv", HEAD + ROW + '"",",","",""\n' * SHORTEST))
    assert sum(len(chunk.frame) for chunk in table.chunks(100)) == 1
    assert table.skips == {Skip.NOBODYS: SHORTEST}
