"""Rows with a name of their own before the first cell, as R writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.table import RecordKind
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal, write_csv


def written(delimiter: str, header: Sequence[str], *rows: Sequence[str]) -> str:
    """Return a table as R writes text: everything quoted."""
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in (header, *rows))


@pytest.mark.parametrize("delimiter", [" ", ",", ";", "\t"])
@pytest.mark.parametrize("rows", [[["1", *ANA]], [["1", *ANA], ["2", *BEN]], [["ana", *ANA], ["ben", "0", *BEN[1:]]]])
def test_a_header_that_is_one_name_short_says_what_to_do(
    tmp_path: Path, delimiter: str, rows: Sequence[Sequence[str]]
) -> None:
    """Not each row is one to mend: the file is written again, without the names of its rows."""
    error = refusal(write_csv(tmp_path / "a.txt", written(delimiter, HEADER, *rows)))
    assert (error.code, "one cell more than its header" in error.message) == ("row_names", True)
    assert "row.names = FALSE" in error.hint


@pytest.mark.parametrize("name", ["", "row", "X"])
def test_row_names_under_a_name_or_none_are_a_column_like_any_other(tmp_path: Path, name: str) -> None:
    """So does `write.csv`: its header begins with an empty name."""
    path = write_csv(tmp_path / "a.csv", written(",", [name, *HEADER], ["1", *ANA], ["2", *BEN]))
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["1", *ANA], BEN], id="only one row"),
        pytest.param([["1", "2", *ANA], ["2", "3", *BEN]], id="two cells more"),
        pytest.param([[*ANA, "x"], [*BEN, "y"]], id="one cell more at the end"),
        pytest.param([["1", *ANA], [BEN[0], "Ben", *BEN[1:]]], id="ids in both columns"),
    ],
)
def test_other_rows_that_are_too_long_are_told_one_by_one(tmp_path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Where the cell stands that is too many, nobody knows."""
    table = open_table(write_csv(tmp_path / "a.csv", written(",", HEADER, *rows)))
    long_rows = [at for at, row in enumerate(rows, start=2) if len(row) > len(HEADER)]
    assert [issue.row for chunk in table.chunks(10) for issue in chunk.issues] == long_rows
    assert sum(record.kind is RecordKind.ROW for record in table.records()) == len(rows)


def test_a_stray_quotation_mark_makes_no_row_names(tmp_path: Path) -> None:
    """Lines that one has put together may have one cell too many by chance."""
    first, second = (",".join(row[::-1]) for row in (ANA, BEN))
    text = f'{",".join(HEADER[::-1])}\n"{first}\n",{second}\n'
    table = open_table(write_csv(tmp_path / "a.csv", text))
    assert {issue.code for chunk in table.chunks(10) for issue in chunk.issues} <= {
        "swallowed_rows",
        "wrong_field_count",
    }
