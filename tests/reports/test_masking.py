"""Names and addresses masked."""

from __future__ import annotations

import pytest

from importer.model import Field, Outcome, Status
from importer.reports.masking import Mask
from importer.sheets.table import CellValue, Column, Record, RecordKind

COLUMNS = {
    Field.CUSTOMER_ID: Column(0, "Id"),
    Field.FIRST_NAME: Column(1, "First"),
    Field.LAST_NAME: Column(2, "Last"),
    Field.EMAIL: Column(3, "E-mail"),
}
MASK = Mask(COLUMNS)


def _row(*cells: CellValue) -> Record:
    return Record(2, RecordKind.ROW, cells, raw=[str(cell) for cell in cells], line_end="\n")


def _masked(*cells: CellValue, code: str = "", mask: Mask = MASK) -> list[CellValue]:
    return list(mask.record(_row(*cells), Outcome(2, Status.REJECTED, code)).cells)


def test_the_three_values_keep_their_first_letters() -> None:
    """A name keeps one letter, an address the first of both sides and its ending; the id stays."""
    assert _masked("c-1", "José", "  Núñez Vidal", "jose.nunez@correo.example.com") == [
        "c-1", "J•••", "N•••", "j•••@c•••.com",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("", None),
        (None, None),
        ("=@cmd", "•••@c•••"),
        ("@@@", "•••@•••"),
        ("  ", None),
        (12, "1•••"),
        ("\u202eeve", "e•••"),
    ],
)
def test_whatever_is_in_a_cell_of_a_name_is_masked(cell: CellValue, masked: str | None) -> None:
    """Numbers and formulas too; what is empty stays so."""
    assert _masked("c-1", cell, "Vidal", "a@b.example")[1] == masked


def test_values_and_addresses_in_other_cells_are_masked_too() -> None:
    """The row's own values wherever they stand in text, and every address; other cells stay as they are."""
    found = _masked(
        "c-1", "Ana", "Li", "ana@example.com", "Full: ANA Li", "was old.ana@mail.example.org (paid)", 17, "Lima"
    )
    assert found[4:] == ["Full: A••• Li", "was o•••@m•••.org (paid)", 17, "Lima"]


@pytest.mark.parametrize("code", ["wrong_field_count", "blank_email, stray_quote"])
def test_where_values_may_stand_anywhere_all_cells_are_masked(code: str) -> None:
    """A record that does not fit the header may have a name in any cell."""
    assert _masked("c-1", "x", "Ana", "", "ana@example.com", code=code) == ["•••", "•••", "•••", None, "•••"]


def test_an_encoding_without_the_dot_has_stars() -> None:
    """A file of Latin-1 cannot hold it."""
    assert _masked("c-1", "Ana", "Li", "", mask=Mask(COLUMNS, "iso8859-1"))[1:] == ["A***", "L***", None]


def test_headers_stay_and_other_lines_lose_their_addresses() -> None:
    """A title may name whom to ask."""
    header = Record(1, RecordKind.HEADER, ["Id", "First", "Last", "E-mail"])
    title = Record(1, RecordKind.SKIPPED, ["Ask ana@example.com", None, 3])
    assert MASK.record(header, None) is header
    assert MASK.record(title, None).cells == ["Ask a•••@e•••.com", None, 3]


def test_messages_lose_their_addresses() -> None:
    """The API may quote somebody else's."""
    outcome = Outcome(2, Status.REJECTED, message="“taken by eva.ruiz@example.com”")
    assert MASK.outcome(outcome).message == "“taken by e•••@e•••.com”"
    assert MASK.outcome(Outcome(2, Status.UPDATED)) == Outcome(2, Status.UPDATED)
