"""Files of which each line is one quoted cell: read as the lines that they were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_raw, open_table
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.csv_table import open_csv
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, issues_of, numbers_of, refusal, write_csv

EVA = ["33333333-3333-4333-8333-333333333333", 'Eva "Eve"', "de la Cruz, y Paz", "eva@example.com"]


def line(cells: Sequence[str], delimiter: str = ",") -> str:
    """Return a line of delimited text, in which cells are quoted that need it."""
    quoted = [cell if cell.isalnum() else '"' + cell.replace('"', '""') + '"' for cell in cells]
    return delimiter.join(quoted)


def wrap(text: str) -> str:
    """Return a line as a single cell."""
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("more", ["", ";;"])
def test_lines_that_are_quoted_as_a_whole_are_read(tmp_path: Path, delimiter: str, more: str) -> None:
    """Without the quotation marks around each, and half of those inside; a note says so."""
    text = "".join(wrap(line(row, delimiter)) + more + "\r\n" for row in (HEADER, ANA, EVA, BEN))
    path = write_csv(tmp_path / "a.csv", text)
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA, EVA, BEN]
    assert (numbers_of(table), issues_of(table)) == ([2, 3, 4], [])
    assert (table.format, table.detected.delimiter) == ("csv", delimiter)
    assert any("a single cell" in note for note in table.detected.notes)
    assert list(open_raw(path).records())[1][1][0] == line(ANA, delimiter)


def test_a_report_is_written_without_the_quotation_marks_around_lines(tmp_path: Path) -> None:
    """It is the file that it was, and more columns."""
    path = write_csv(tmp_path / "a.csv", "".join(wrap(line(row)) + "\r\n" for row in (HEADER, ANA, EVA)))
    again = open_table(annotate(path, tmp_path / "b.csv"))
    assert [list(row.values()) for row in cells_of(again)] == [ANA, EVA]
    assert not again.detected.notes
    assert line(EVA) + ",updated," in (tmp_path / "b.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_stays_what_it_is(tmp_path: Path, encoding: str) -> None:
    """With its byte order mark."""
    path = tmp_path / "a.csv"
    zoe = [ANA[0], "Zo\u00eb", "\u00c5berg", ANA[3]]
    path.write_bytes("".join(wrap(line(row)) + "\n" for row in (HEADER, zoe)).encode(encoding))
    assert [list(row.values()) for row in cells_of(open_table(path))] == [zoe]


def test_a_line_of_several_cells_is_refused(tmp_path: Path) -> None:
    """It had the other list separator in it, and what it was is not certain."""
    torn = wrap(line([*ANA[:2], "Reyes"])) + ";" + wrap(f" Jr,{ANA[3]}")
    text = "".join(one + "\r\n" for one in (wrap(line(HEADER)), wrap(line(BEN)), torn, wrap(line(EVA))))
    table = open_table(write_csv(tmp_path / "a.csv", text), Reading())
    assert [issue.row for issue in issues_of(table)] == [3]
    assert [row["last_name"] for row in cells_of(table)] == [BEN[2], "", EVA[2]]


def test_line_breaks_within_make_no_other_rows(tmp_path: Path) -> None:
    """A record of two lines is one before and after."""
    two = [ANA[0], "Ana\nMaria", *ANA[2:]]
    path = write_csv(tmp_path / "a.csv", "".join(wrap(line(row)) + "\n" for row in (HEADER, two, BEN)))
    assert [list(row.values()) for row in cells_of(open_table(path))] == [two, BEN]
    assert numbers_of(open_table(path)) == [2, 3]


def test_lines_that_hold_no_table_are_refused(tmp_path: Path) -> None:
    """Once they are unwrapped as well; and without a folder for that, all are."""
    twice = write_csv(tmp_path / "a.csv", "".join(wrap(wrap(line(row))) + "\n" for row in (HEADER, ANA)))
    assert refusal(twice).code == "wrapped_lines"
    once = write_csv(tmp_path / "b.csv", "".join(wrap(line(row)) + "\n" for row in (HEADER, ANA)))
    with pytest.raises(Exception, match="a single cell"):
        open_csv(SourceFile(once, once.name))
    names = write_csv(tmp_path / "c.csv", "".join(wrap(line(row[:3])) + "\n" for row in (HEADER, ANA)))
    assert refusal(names).code == "missing_column"
