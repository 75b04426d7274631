"""What looks like a customer, and customers above the header."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.header.customers import looks_like_customer
from importer.sheets.header.layout import read_layout
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal, write_csv, write_xlsx

TITLE = ["Customer changes"]


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [
        (ANA, True),
        ([ANA[0]], True),
        (["{" + ANA[0].upper() + "}", "", ""], True),
        ([f'"{ANA[0]}"'], True),
        (["", ANA[0]], False),
        (["Ana", "Reyes", "ana@example.com"], True),
        (["Ana Reyes", "Ana <ana@example.com>", "Sales"], True),
        (["Ana", "", " ", "mailto:ana@example.com"], False),
        (["Made by", "ana@example.com"], False),
        (["ana@example.com"], False),
        (["Ask ana@example.com for it", "or Ben", "or Cleo"], False),
        (["@", "b", "c"], False),
        (["Customer changes", "of", "May"], False),
        ([], False),
    ],
)
def test_a_customer_has_an_id_in_its_column_or_an_address_and_two_more_cells(cells: list[str], *, is_one: bool) -> None:
    """An address alone, or in a sentence, is nobody."""
    assert looks_like_customer(cells, read_layout(HEADER, number=1, where="a.csv")) is is_one


def _refused(folder: Path, *lines: list[str], reading: Reading | None = None) -> set[tuple[str, str]]:
    """Return the codes and messages with which a table is refused as text and as a workbook."""
    width = max(map(len, lines))
    paths = [
        write_csv(folder / "a.csv", "".join(",".join([*line, *[""] * (width - len(line))]) + "\n" for line in lines)),
        write_xlsx(folder / "a.xlsx", {"May": lines}),
    ]
    found: set[tuple[str, str]] = set()
    for path in paths:
        try:
            open_table(path, reading or Reading())
        except SourceError as error:
            found.add((error.code, error.message.replace('The sheet "May" of a.xlsx', "a.csv")))
    return found


@pytest.mark.parametrize(
    ("lines", "header", "count"),
    [
        ([ANA, HEADER, BEN], 2, "1 row above it looks like a customer: it"),
        ([ANA, [], BEN, HEADER], 4, "2 rows above it look like customers: they"),
        ([TITLE, ["", "Ana", "Reyes", "ana@example.com"], HEADER, BEN], 3, "1 row above it looks like a customer: it"),
    ],
)
def test_customers_above_the_header_refuse_the_file(
    tmp_path: Path, lines: list[list[str]], header: int, count: str
) -> None:
    """They would not be read, and nobody would know."""
    message = f"a.csv has the names of its columns in row {header}, and {count} would not be read."
    assert _refused(tmp_path, *lines) == {("customers_above_header", message)}
    assert _refused(tmp_path, *lines, reading=Reading(header_row=header)) == {("customers_above_header", message)}


def test_titles_above_the_header_are_left_alone(tmp_path: Path) -> None:
    """Also with the address of who made them."""
    lines = [TITLE, ["Made by", "ana@example.com"], ["ana@example.com"], HEADER, BEN]
    assert _refused(tmp_path, *lines) == set()
    assert [list(row.values()) for row in cells_of(open_table(tmp_path / "a.xlsx"))] == [BEN]


def test_customers_within_a_title_refuse_the_file(tmp_path: Path) -> None:
    """A quotation mark before the header may hold some."""
    title = f'"Changes\n{",".join(ANA)}\n{",".join(ANA)}\n"\n'
    path = write_csv(tmp_path / "a.csv", f"{title}{','.join(HEADER)}\n{','.join(BEN)}\n")
    assert refusal(path).code == "customers_above_header"
