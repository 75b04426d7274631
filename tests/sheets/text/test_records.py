"""Records of a file in batches: what was waited for behind a quotation mark, and what is looked at again and again."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.dialect import Dialect
from importer.sheets.text.found_out.encoding import Encoding
from importer.sheets.text.records import Beginning, read_batches, read_records
from tests.sheets.files import ANA, write_csv

DIALECT = Dialect(Encoding("utf-8"), ",")
ROW = ",".join(ANA) + "\n"
OPEN = f'{ANA[0]},"Ana,Reyes,ana@example.com\n'
LARGEST = 300_000
"""Characters of a batch."""


def source(path: Path, text: str) -> SourceFile:
    """Return a file with a text."""
    return SourceFile(write_csv(path, text), "a.csv")


@pytest.mark.parametrize("line", ["a,b\n", "\n", ROW, "a\r\n", "a,b", '"a\nb",c\n'])
@pytest.mark.parametrize("above", ["", ROW * 5_000])
def test_what_was_waited_for_behind_a_quotation_mark_is_taken_in_portions(
    tmp_path: Path, line: str, above: str
) -> None:
    """Its line is the only one that is stray, unless others close it; the lines behind it are many small batches."""
    text = ROW + above + OPEN + line * (2_000_000 // len(line))
    batches = list(read_batches(source(tmp_path / "a.csv", text), DIALECT))
    assert "".join(batch.text for batch in batches) == text
    assert "".join(raw for batch in batches for raw in batch.raw) == text
    assert [batch.first for batch in batches[1:]] == [batch.first + len(batch.raw) for batch in batches[:-1]]
    if line.count("\n") == 1 and '"' not in line:
        assert [batch.first + at for batch in batches for at in batch.stray] == [
            text[: text.index('"')].count("\n") + 1
        ]
        assert max(len(batch.text) for batch in batches) < LARGEST
        assert [record.raw for batch in batches for record in batch.records()] == text.splitlines(keepends=True)


@pytest.mark.parametrize("rows", [0, 1, 3, 20_000])
def test_the_beginning_of_a_file_is_taken_apart_once(tmp_path: Path, rows: int) -> None:
    """Whoever looks at it sees the same records, as far as they go, and those behind them."""
    file = source(tmp_path / "a.csv", ROW * rows)
    records = list(read_records(file, DIALECT))
    beginning = Beginning(file, DIALECT)
    for count in (1, 2, 500, 5_000, None, None):
        assert list(islice(beginning, count)) == records[:count]
    assert list(beginning.numbered()) == [(record.number, record.cells) for record in records]
    first, again = (next(iter(beginning), None) for _ in range(2))
    assert first is again or (first is not None and again is not None and first.cells is again.cells)
