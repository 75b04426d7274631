"""Words for nothing without quotation marks, in files whose other text has them: they are blank cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.table import Table
from tests.sheets.files import ANA, BEN, HEADER, annotate, cells_of, write_csv

WORDS = [
    "NA", "<NA>", "NULL", "null", "Null", r"\N", "None", "none", "nan", "NaN", "NaT", "nil", "(null)", "[NULL]",
    "n/a", "#N/A", "undefined", "(Null)", r"\\N",
]  # fmt: skip


def _line(row: Sequence[str], bare: Sequence[str] = (), quote: str = '"', delimiter: str = ",") -> str:
    return delimiter.join(cell if cell in bare or not cell else f"{quote}{cell}{quote}" for cell in row)


def _names(table: Table) -> list[str]:
    return [cells["first_name"] for cells in cells_of(table)]


def _file(path: Path, word: str, *, quote: str = '"', delimiter: str = ",", end: str = "\n") -> Path:
    rows = [ANA, [BEN[0], word, *BEN[2:]]]
    lines = [_line(row, [word], quote, delimiter) for row in [HEADER, *rows]]
    return write_csv(path, "".join(line + end for line in [*lines, _line(rows[1], (), quote, delimiter)]))


@pytest.mark.parametrize("word", WORDS)
def test_a_bare_word_is_a_blank_cell_and_a_quoted_one_is_a_name(tmp_path: Path, word: str) -> None:
    """R, ClickHouse, MariaDB, sqlite and polars write nothing at all so."""
    assert _names(open_table(_file(tmp_path / "a.csv", word))) == ["Ana", "", word]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "||", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_is_so_in_every_dialect_with_quotes(tmp_path: Path, quote: str, delimiter: str, end: str) -> None:
    """Whatever divides and quotes cells."""
    path = _file(tmp_path / "a.csv", "NULL", quote=quote, delimiter=delimiter, end=end)
    assert _names(open_table(path)) == ["Ana", "", "NULL"]


def test_numbers_dates_and_truth_values_are_bare_too(tmp_path: Path) -> None:
    """Programs that quote all text do not quote them, and the header may be bare as well."""
    header = ",".join([*HEADER, "Amount", "Day", "Seen", "Active", "Note"])
    more = ['-1.234,"x"', "12", "2024-01-31", "2024-01-31T10:00:00.5Z", "TRUE", "1e-05", "NA", ""]
    rows = [f"{_line(ANA)},{value},2024-01-31,10:00,true,{value if value != more[0] else 1}" for value in more[1:]]
    text = "\n".join([header, *rows, f"{_line([BEN[0], 'NA', *BEN[2:]], ['NA'])},1,,,,"])
    assert _names(open_table(write_csv(tmp_path / "a.csv", text)))[-1] == ""


def test_an_id_of_a_group_that_is_a_bare_word_is_blank(tmp_path: Path) -> None:
    """Then the group of the run is meant, as by any blank cell; in other columns the word stays."""
    lines = [_line([*HEADER, "Group ID", "Note"]), _line([*ANA, "NULL", "NULL"], ["NULL"]), _line([*BEN, "NULL", "x"])]
    table = open_table(write_csv(tmp_path / "a.csv", "\n".join(lines)))
    assert [cells["group_id"] for cells in cells_of(table)] == ["", "NULL"]
    assert [one.cells[4:] for one in table.records()][1] == ("", "NULL")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([",".join(HEADER), ",".join(ANA), ",".join([BEN[0], "NULL", *BEN[2:]])], id="nothing-quoted"),
        pytest.param(
            [",".join(HEADER), ",".join([ANA[0], '"Reyes, Ana"', *ANA[2:]]), ",".join([BEN[0], "NULL", *BEN[2:]])],
            id="quoted-where-needed",
        ),
        pytest.param([_line(HEADER), _line(ANA, [ANA[3]]), _line([BEN[0], "NULL", *BEN[2:]], ["NULL"])], id="one-not"),
        pytest.param(
            [_line(HEADER), *[_line(ANA)] * 300, _line([BEN[0], "NULL", *BEN[2:]], ["NULL", BEN[3]])], id="its-own-row"
        ),
    ],
)
def test_where_other_text_is_bare_the_word_is_text(tmp_path: Path, lines: Sequence[str]) -> None:
    """Nobody can tell whether it is a name."""
    assert _names(open_table(write_csv(tmp_path / "a.csv", "\n".join(lines))))[-1] == "NULL"


def test_a_report_keeps_the_word_as_it_is_and_means_the_same(tmp_path: Path) -> None:
    """What the report adds is bare text, and no matter."""
    source = _file(tmp_path / "a.csv", "NA")
    report = annotate(source, tmp_path / "b.csv")
    assert [line.split(b",updated")[0] for line in report.read_bytes().splitlines()][1:] == (
        source.read_bytes().splitlines()[1:]
    )
    assert _names(open_table(report)) == ["Ana", "", "NA"]
    assert annotate(report, tmp_path / "c.csv").read_bytes() == report.read_bytes()
    workbook = annotate(source, tmp_path / "b.xlsx", form="xlsx")
    assert _names(open_table(workbook)) == ["Ana", "", "NA"]


def test_words_are_found_in_every_batch_of_a_long_file(tmp_path: Path) -> None:
    """Whatever the records around them are."""
    row = [BEN[0], "NA", *BEN[2:]]
    some = [_line(ANA)] * 3_000
    lines = [_line(HEADER), *some, _line(row, ["NA"]), *some, "", '"short"', _line(row), *some, _line(row, ["NA"])]
    names = _names(open_table(write_csv(tmp_path / "a.csv", "\n".join(lines))))
    assert len(names) == 9_004
    assert (names[3_000], names[6_002], names[9_003]) == ("", "NA", "")
