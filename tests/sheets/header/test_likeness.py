"""What looks like a customer, and customers above the header."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.header.layout import read_layout
from importer.sheets.header.likeness import looks_like_customer
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from tests.sheets.files import ANA, BEN, HEADER, cells_of, numbers_of, refusal, write_csv, write_xlsx

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


@pytest.mark.parametrize(
    ("pattern", "cells", "is_one"),
    [
        ("[0-9]{6}", ["100234", "Ana"], True),
        ("[0-9]{6}", ['"100234"', "Ana"], True),
        ("[0-9]{6}", [ANA[0], "Ana"], True),
        ("[0-9]{6}", ["10023", "Ana"], False),
        ("[0-9]{6}", ["", "100234"], False),
        (r"\w+", ["May", ""], False),
        (r"\w+", ["May", "2026"], True),
        (r"[\w ]+", ["Changes of May", "2026"], False),
    ],
)
def test_an_id_is_of_the_form_that_is_set(pattern: str, cells: list[str], *, is_one: bool) -> None:
    """Where that tells an id from the name of its column, and a title of one cell is nobody."""
    layout = read_layout(HEADER, number=1, where="a.csv", reading=Reading(customer_id_pattern=pattern))
    assert looks_like_customer(cells, layout) is is_one


def test_an_id_of_that_form_makes_a_row_of_what_else_would_be_none(tmp_path: Path) -> None:
    """A second header, a total and a footer never have one."""
    rows = ["TOTAL-1,,,", "COUNT-2,First,Last,", "COUNT-3,First,Last,x", "", "ABC-4"]
    path = write_csv(tmp_path / "a.csv", "\n".join([",".join(HEADER), *rows]) + "\n")
    reading = Reading(customer_id_pattern="[A-Z]+-[0-9]")
    assert numbers_of(open_table(path, reading)) == [2, 3, 4, 6]
    assert numbers_of(open_table(path)) == [2, 6]


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
