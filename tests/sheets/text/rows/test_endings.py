"""A last line that is not ended as all others are: the file may be cut off there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from importer.sheets.open import open_table
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.table import Format
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, write_csv
from tests.sheets.test_feeding_back import report_of

CLEO: Final = ["33333333-3333-4333-8333-333333333333", "Cleo", "Varga", "cleo@example.com"]
DAN: Final = ["44444444-4444-4444-8444-444444444444", "Dan", "Ekwall", "dan@example.com"]
TABLE: Final = [HEADER, ANA, BEN, CLEO, DAN]


def _text(*lines: list[str], end: str = "\n", last_end: str = "") -> str:
    return end.join(map(",".join, lines)) + last_end


def _cut(path: Path, reading: Reading = AS_IT_IS) -> tuple[int | None, list[tuple[int, str]]]:
    table = open_table(path, reading)
    issues = [(issue.row, issue.code) for issue in issues_of(table)]
    return table.cut_off, issues


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_a_last_line_without_an_end_is_noted(tmp_path: Path, end: str, encoding: str) -> None:
    """Where all others have one; where it has the same, there is nothing to note."""
    names = ["Ana", "José"] if encoding == "cp1252" else ["Ana", "Zoë"]
    lines = [HEADER, [ANA[0], names[1], *ANA[2:]], BEN, [CLEO[0], names[0], *CLEO[2:]]]
    path = tmp_path / "a.csv"
    path.write_bytes(_text(*lines, end=end).encode(encoding))
    assert _cut(path) == (4, [])
    path.write_bytes(_text(*lines, end=end, last_end=end).encode(encoding))
    assert _cut(path) == (None, [])


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        pytest.param(_text(*TABLE, end="\r\n", last_end="\r"), 5, id="between CR and LF"),
        pytest.param(_text(HEADER, ANA), None, id="one line is no habit"),
        pytest.param(_text(*TABLE[:-1], end="\r\n", last_end="\n") + _text(DAN), None, id="ends of two kinds"),
        pytest.param(_text(*TABLE, end="\r\n", last_end="\r\n") + "  ", 6, id="blanks behind the last line"),
        pytest.param(_text([*HEADER, "Note"], [*ANA, '"a\nb"'], [*BEN, ""], [*CLEO, ""], end="\r\n"), 4,
                     id="other line breaks in a cell"),
        pytest.param(_text([*HEADER, "Note"], [*ANA, ""], [*BEN, ""], [*CLEO, '"a\nb"'], end="\r\n"), 4,
                     id="other line breaks in the last cell"),
    ],
)  # fmt: skip
def test_a_habit_is_what_all_others_do(tmp_path: Path, text: str, cut_off: int | None) -> None:
    """Two lines at least, and all in one way; line breaks within cells are none of them."""
    assert _cut(write_csv(tmp_path / "a.csv", text)) == (cut_off, [])


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(",".join(CLEO[:3]), id="a cell is missing"),
        pytest.param(CLEO[0][:9], id="a part of the id"),
        pytest.param(",".join([*CLEO[:3], f'"{CLEO[3][:6]}']), id="an open quotation mark"),
        pytest.param(",".join([CLEO[0], f'"{CLEO[1]}']), id="both"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_last_record_that_is_not_whole_is_refused(tmp_path: Path, last: str, end: str) -> None:
    """With what it is, and words that need no quotation marks of their own."""
    path = write_csv(tmp_path / "a.csv", _text(HEADER, ANA, BEN, end=end, last_end=end) + last)
    assert _cut(path)[1] == [(4, "cut_off")]
    message = issues_of(open_table(path))[-1].message
    assert not {",", ";", "|", "\t"}.intersection(message)
    assert "as a whole" in message


def test_what_is_refused_stays_refused_in_reports_until_a_person_has_mended_it(tmp_path: Path) -> None:
    """A report has an end for every line, and pads short ones."""
    path = write_csv(tmp_path / "a.csv", _text(HEADER, ANA, BEN, CLEO[:3]))
    forms: tuple[Format, ...] = ("csv", "xlsx")
    for form in forms:
        report = report_of(path, tmp_path / f"report.{form}", form)
        assert [(issue.row, issue.code) for issue in issues_of(open_table(report))] == [(4, "cut_off")]


@pytest.mark.parametrize("last", ["\x1a", "Total,3", "   ", "(3 rows)"])
def test_a_last_line_that_is_nobody_is_no_row(tmp_path: Path, last: str) -> None:
    """However it ends."""
    path = write_csv(tmp_path / "a.csv", _text(HEADER, ANA, BEN, end="\r\n", last_end="\r\n") + last)
    assert _cut(path)[1] == []
    assert len(cells_of(open_table(path))) == 2


@pytest.mark.slow
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_long_files_are_told_in_all_their_batches(tmp_path: Path, end: str) -> None:
    """Whatever the last batch begins with."""
    rows = [[f"{at:08x}-1111-4111-8111-111111111111", "Ana", "Reyes", "ana@example.com"] for at in range(40_000)]
    assert _cut(write_csv(tmp_path / "a.csv", _text(HEADER, *rows, end=end))) == (40_001, [])
    assert _cut(write_csv(tmp_path / "a.csv", _text(HEADER, *rows, end=end, last_end=end))) == (None, [])
    mixed = _text(HEADER, ANA, end="\n", last_end="\r\n") + _text(*rows, end="\n")
    assert _cut(write_csv(tmp_path / "a.csv", mixed)) == (None, [])
