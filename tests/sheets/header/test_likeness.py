"""What looks like a customer, and customers above the header."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model.rows import Issue
from importer.sheets.header.layout import read_layout
from importer.sheets.header.likeness import (
    customer_beside,
    fault_of_customer_beside,
    identity_in,
    is_customer_anywhere,
    looks_like_customer,
    refuse_customer_within,
    refuse_customers_above,
)
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


@pytest.mark.parametrize(
    ("beside", "is_one"),
    [
        (["", BEN[0], "Ben"], True),
        (["", "", BEN[3], "Ben", "Okafor"], True),
        (["", BEN[0]], False),
        (["Note", "Ben", "Okafor"], False),
        (["", BEN[3], "Ben"], False),
        ([ANA[0].upper(), "Ben"], False),
        (["x", ANA[3].upper(), "Ben", "Okafor"], False),
        ([ANA[0], ANA[3], "Ben", BEN[3]], True),
        ([], False),
    ],
)
def test_a_customer_stands_beside_a_row_who_is_another_one(beside: list[str], *, is_one: bool) -> None:
    """An id with one more cell, or an address with two more; what is looked up by the row's own is no other."""
    layout = read_layout(HEADER, number=1, where="a.csv")
    assert customer_beside([*ANA, *beside], layout) is is_one
    assert customer_beside([*ANA[:-1], f" {ANA[3]} ", *beside], layout) is is_one


def test_a_row_beside_which_another_customer_stands_is_refused_as_a_whole() -> None:
    """The message says where, and what to do."""
    assert fault_of_customer_beside(7) == Issue(
        7,
        "wrong_field_count",
        "",
        "Right of the last column that has a name stands what looks like another customer, who would not be read. Put"
        " each customer into a row of its own, or remove what does not belong to the table.",
    )


@pytest.mark.parametrize(
    ("cells", "identity"),
    [
        ([ANA[0], "Ana"], ANA[0]),
        (["Ana", f" {ANA[0]} "], ANA[0]),
        (["", ANA[0], " "], ""),
        ([ANA[3], "Ana", "Reyes"], ANA[3]),
        (["Ana", "Reyes", f" {ANA[3]}"], ANA[3]),
        (["Ana", ANA[3], ""], ""),
        ([ANA[3], "Ana", ANA[0]], ANA[0]),
        (["Ana", "Reyes", "Sales"], ""),
        ([], ""),
    ],
)
def test_a_record_of_any_columns_is_a_customers_by_an_id_or_an_address(cells: list[str], identity: str) -> None:
    """An id with one more filled cell, before an address with two more."""
    assert identity_in(cells) == identity


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [(ANA, True), ([ANA[3], "x", ANA[0]], True), ([ANA[0], "x"], False), ([ANA[3], "x"], False), ([], False)],
)
def test_who_has_both_an_id_and_an_address_is_a_customer_anywhere(cells: list[str], *, is_one: bool) -> None:
    """Whatever the columns are."""
    assert is_customer_anywhere(cells) is is_one


@pytest.mark.parametrize("name", [ANA[3], f"Note{ANA[0]}", f"Note'{ANA[3]}", "Note`ana@example.com"])
def test_a_header_with_a_customer_in_it_says_where_it_is(name: str) -> None:
    """And what is missing."""
    layout = read_layout([*HEADER, name], number=4, where="a.csv")
    with pytest.raises(SourceError) as caught:
        refuse_customer_within(layout, "The sheet")
    assert caught.value.code == "customer_in_header"
    assert caught.value.message == ("The sheet has the names of its columns in row 4, and a customer in the same row.")
    assert caught.value.hint.startswith("Most often a line end is missing behind the names: put it in")


@pytest.mark.parametrize("name", ["Note", ANA[0], "Ask ana@example.com, please", ""])
def test_a_header_without_one_is_let_through(name: str) -> None:
    """A column may be called by an id."""
    layout = read_layout([*HEADER, name], number=4, where="a.csv")
    refuse_customer_within(layout, "The sheet")
    assert layout.header[-1] == name


@pytest.mark.parametrize(
    ("count", "they"),
    [
        (1, "1 row above it looks like a customer: it would not be read."),
        (2, "2 rows above it look like customers: they would not be read."),
        (1234, "1,234 rows above it look like customers: they would not be read."),
    ],
)
def test_customers_above_the_header_are_counted(count: int, they: str) -> None:
    """And none is no reason to refuse anything."""
    layout = read_layout(HEADER, number=4, where="a.csv")
    refuse_customers_above(0, layout, "The sheet")
    with pytest.raises(SourceError) as caught:
        refuse_customers_above(count, layout, "The sheet")
    assert caught.value.code == "customers_above_header"
    assert caught.value.message == f"The sheet has the names of its columns in row 4, and {they}"
    pronoun = they.split(": ")[1].split(maxsplit=1)[0]
    assert caught.value.hint == (
        "Move the header above all customers, as it is where a sheet was sorted together with its header; or remove"
        f" what stands above it, if {pronoun} should not be read."
    )
