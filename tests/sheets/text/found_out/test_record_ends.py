"""Text whose records end in a sign of their own, and text in apostrophes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, issues_of, numbers_of, write_csv


def _in_apostrophes(*rows: Sequence[str]) -> str:
    return "".join(",".join(cell if cell.isdecimal() else f"'{cell}'" for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("others", [[], [BEN], [BEN, [*ANA[:2], "O''Neil", ANA[3]]]], ids=["alone", "one", "two"])
def test_an_apostrophe_that_is_not_doubled_refuses_its_row(tmp_path: Path, others: Sequence[Sequence[str]]) -> None:
    """And leaves the file one in which all text is in apostrophes, with numbers that are in none."""
    torn = [*ANA[:2], "O'Brandvik", ANA[3]]
    rows = [[*row, "7"] for row in (*others, torn)]
    table = open_table(write_csv(tmp_path / "a.csv", _in_apostrophes([*HEADER, "Age"], *rows)))
    assert table.detected.quote == "'"
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(2 + len(others), "stray_quote")]
    assert [row["last_name"] for row in cells_of(table)] == [*["Okafor", "O'Neil"][: len(others)], ""]


def test_apostrophes_may_be_around_the_cells_that_need_them(tmp_path: Path) -> None:
    """Where they are doubled within, and no other cell has one."""
    lines = [",".join(HEADER), ",".join(ANA), ",".join([*BEN[:2], "'O''Neil'", BEN[3]]), ""]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join(lines)))
    assert [row["last_name"] for row in cells_of(table)] == ["Reyes", "O'Neil"]
    lines[1] = lines[1].replace("Reyes", "O'Hara")
    table = open_table(write_csv(tmp_path / "b.csv", "\n".join(lines)))
    assert table.detected.quote == '"'
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(3, "other_quotes")]


@pytest.mark.parametrize(("end", "delimiter"), [("\x1e", "\x1f"), ("\u241e", "\u241f")])
@pytest.mark.parametrize("is_final", [True, False])
def test_records_may_end_in_a_sign_of_their_own(tmp_path: Path, end: str, delimiter: str, *, is_final: bool) -> None:
    """As in sqlite3's mode ascii: line ends and quotation marks are text, and a report is written in the same way."""
    rows = [[*ANA[:1], "Ana\nMaria", 'O"Neil', ANA[3]], [BEN[0], '"Ben', *BEN[2:]], ANA]
    text = end.join(delimiter.join(row) for row in (HEADER, *rows)) + (end if is_final else "")
    path = write_csv(tmp_path / "a.txt", text)
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == rows
    assert not issues_of(table)
    assert (numbers_of(table), table.detected.delimiter, table.detected.quote) == ([2, 3, 4], delimiter, "")
    report = annotate(path, tmp_path / "b.txt", message=f"a{delimiter}b{end}c\nd")
    again = open_table(report)
    assert [list(row.values()) for row in cells_of(again)] == rows
    assert [list(cells[:6]) for _, cells in open_raw(report).records()][1] == [
        *rows[0],
        "updated",
        "2025-07-21T12:43:14Z",
    ]
    assert report.read_text(encoding="utf-8").count(end) == len(rows) + is_final


def test_such_a_record_of_another_width_is_refused(tmp_path: Path) -> None:
    """And no other."""
    rows = [HEADER, ANA, [*BEN[:2], "van", *BEN[2:]], ANA]
    path = write_csv(tmp_path / "a.txt", "".join("\x1f".join(row) + "\x1e" for row in rows))
    assert [(issue.row, issue.code) for issue in issues_of(open_table(path))] == [(3, "wrong_field_count")]


def test_such_records_may_come_in_different_blocks(tmp_path: Path) -> None:
    """However long the file is, and whatever stands behind the last of them."""
    rows = [[*ANA[:3], f"ana{at}@example.com", "x" * 100] for at in range(3000)]
    text = "".join("\x1f".join(row) + "\x1e" for row in ([*HEADER, "Note\n"], *rows)) + "\n"
    table = open_table(write_csv(tmp_path / "a.txt", text))
    assert [row["email"] for row in cells_of(table)] == [row[3] for row in rows]
    assert not issues_of(table)


def test_such_a_sign_in_a_cell_ends_no_record(tmp_path: Path) -> None:
    """Nor does it where other signs divide, or somebody says how the file is written."""
    path = write_csv(
        tmp_path / "a.csv", "".join(",".join(row) + "\n" for row in (HEADER, [*ANA[:2], "R\x1fe\x1e", ANA[3]]))
    )
    assert numbers_of(open_table(path)) == [2]
    text = "".join("\x1f".join(row) + "\x1e" for row in (HEADER, ANA))
    assert open_raw(write_csv(tmp_path / "b.csv", text), Reading(quote='"')).detected.quote == '"'
