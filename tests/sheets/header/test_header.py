"""Which record is the header, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.sheets.header.header import HEADER_WITHIN, Header, find_header
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from tests.sheets.files import ANA, HEADER, write_csv, write_xlsx

TITLE = ["Customer changes", "May"]


def _found(*lines: list[str], reading: Reading | None = None) -> Header | None:
    return find_header(enumerate(lines, start=1), reading or Reading())


def test_the_header_is_the_first_record_that_names_all_columns() -> None:
    """Whatever else stands above it or comes after it."""
    assert _found(TITLE, [], HEADER, ANA, HEADER) == Header(3, HEADER)


def test_where_none_names_all_columns_it_is_the_one_that_names_most() -> None:
    """Of two that name as many it is the first, and of records that name none, the first that is not blank."""
    some, others = ["Customer ID", "First Name"], ["Last Name", "E-mail"]
    assert _found(TITLE, ["E-mail"], some, others) == Header(3, some)
    assert _found([], TITLE, ANA) == Header(2, TITLE)
    assert _found([], [" "]) is None
    assert _found() is None


def test_the_header_is_looked_for_at_the_start_of_a_table() -> None:
    """What stands further down is not read for it."""
    titles = [TITLE] * (HEADER_WITHIN - 1)
    lines = iter(enumerate([*titles, HEADER, ANA], start=1))
    assert find_header(lines) == Header(HEADER_WITHIN, HEADER)
    lines = iter(enumerate([*titles, TITLE, HEADER, ANA], start=1))
    assert find_header(lines) == Header(1, TITLE)
    assert list(lines) == [(HEADER_WITHIN + 1, HEADER), (HEADER_WITHIN + 2, ANA)]


def test_the_record_that_is_said_to_be_the_header_is_it() -> None:
    """However far down it is, and whatever other records name."""
    lines = [HEADER, *[ANA] * 60, ["a", "b"]]
    assert _found(*lines, reading=Reading(header_row=62)) == Header(62, ["a", "b"])
    assert _found([], [" "], HEADER, reading=Reading(header_row=2)) is None
    assert _found(HEADER, reading=Reading(header_row=2)) is None
    assert find_header([(1, ANA), (3, HEADER)], Reading(header_row=2)) is None


@pytest.mark.parametrize("form", ["a.csv", "a.xlsx"])
def test_a_table_without_a_header_is_refused_with_what_to_do(tmp_path: Path, form: str) -> None:
    """Where a row is said to be the header and nothing is there, the option may be wrong; else the file is."""
    path, blank = tmp_path / form, tmp_path / f"blank-{form}"
    if form.endswith("csv"):
        write_csv(path, f"{','.join(HEADER)}\n{','.join(ANA)}\n")
        write_csv(blank, ",,\n\n")
    else:
        write_xlsx(path, {"May": [HEADER, ANA]})
        write_xlsx(blank, {"May": [["", " "]]})
    with pytest.raises(SourceError) as refused:
        open_table(path, Reading(header_row=3))
    assert refused.value.message.endswith("has no header in row 3: there is nothing there.")
    assert refused.value.message.startswith((form, 'The sheet "May"'))
    assert "Correct --header-row" in refused.value.hint
    assert refused.value.code == "empty_source"
    with pytest.raises(SourceError) as refused:
        open_table(blank)
    assert refused.value.message.endswith("has no header: there is nothing in it.")
    assert "Export the table again" in refused.value.hint
    assert refused.value.code == "empty_source"
