"""Names and addresses masked."""

from __future__ import annotations

from typing import Literal
from unicodedata import normalize

import pytest

from importer.model.rows import Outcome
from importer.model.source import Field
from importer.model.statuses import Status
from importer.reports.name_mask import Mask
from importer.sheets.table import CellValue, Column, Record, RecordKind

COLUMNS = {
    Field.CUSTOMER_ID: Column(0, "Id"),
    Field.FIRST_NAME: Column(1, "First"),
    Field.LAST_NAME: Column(2, "Last"),
    Field.EMAIL: Column(3, "E-mail"),
}
MASK = Mask(COLUMNS)
UUID = "b6be2a42-cfff-5a07-866d-adafee7f60b1"


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


def test_headers_stay_and_of_other_lines_only_figures_do() -> None:
    """A title or a total may name anybody; numbers, and text without a letter, name nobody."""
    header = Record(1, RecordKind.HEADER, ["Id", "First", "Last", "E-mail"])
    title = Record(1, RecordKind.SKIPPED, ["For Rosalinda Zwanziger", None, "", 3, "1,204.50", "ana@example.com"])
    assert MASK.record(header, None) is header
    assert MASK.record(title, None).cells == ["•••", None, "", 3, "1,204.50", "•••"]


@pytest.mark.parametrize("customer_id", [UUID, f"{UUID} ", "c-1", "CUST-0001", 17])
def test_of_a_row_that_is_not_taken_up_only_its_id_is_shown(customer_id: CellValue) -> None:
    """Nobody has looked at it: its cells may not fit the header."""
    found = MASK.record(_row(customer_id, "Rosalinda", "Zwanziger", "r2@example.com", "note", 12, ""), None)
    assert found.cells == [customer_id, "•••", "•••", "•••", "•••", "•••", None]


def test_a_name_in_the_place_of_an_id_is_masked_where_nobody_has_looked() -> None:
    """A record that lacks its first cell has a name there."""
    assert MASK.record(_row("Rosalinda", "Zwanziger", "r2@example.com"), None).cells == ["•••"] * 3


@pytest.mark.parametrize(
    ("customer_id", "code", "masked"),
    [
        ("Rosalinda", "invalid_customer_id", "•••"),
        ("rosalinda92", "blank_email, invalid_customer_id", "•••"),
        ("Rosalinda", "undecodable_bytes", "•••"),
        (f" {UUID}", "invalid_customer_id", f" {UUID}"),
        ("1234", "invalid_customer_id", "1234"),
        ("regina", "blank_email", "regina"),
    ],
)
def test_text_in_the_place_of_an_id_that_is_none_is_masked(customer_id: str, code: str, masked: str) -> None:
    """What the checks have taken for an id stays, and what looks like one."""
    assert _masked(customer_id, "Ana", "Vidal", "", code=code)[0] == masked


def test_an_id_stays_whole_where_a_name_is_part_of_it() -> None:
    """`Ada` and `Fee` are digits of a UUID too."""
    assert _masked(UUID, "Ada", "Fee", "", "Ada F")[::4] == [UUID, "A••• F"]


def test_white_space_around_a_value_does_not_hide_it_elsewhere() -> None:
    """Neither in a full name nor in a greeting; its ending is still seen."""
    found = _masked("c-1", "Rosalinda ", " Zwanziger ", "r2@example.com ", "Rosalinda Zwanziger", "Dear Rosalinda")
    assert found[1:] == ["R•••", "Z•••", "r•••@e•••.com", "R••• Z•••", "Dear R•••"]


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("Frau Zwanziger-Huber", "Frau Z•••-H•••"),
        ("Zwanzigers Haus", "Z•••s Haus"),
        ("Rose, van", "R•••, v•••"),
        ("vanilla roses", "vanilla roses"),
        ("see rose_z", "see r•••_z"),
    ],
)
def test_the_words_of_a_value_are_masked_elsewhere(cell: str, masked: str) -> None:
    """Long ones wherever they stand, short ones where they stand alone."""
    assert _masked("c-1", "Anna Rose", "van Zwanziger Huber", "x@example.com", cell)[4] == masked


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Kim", "kIM"),
        ("SİMGE", "simge"),
        ("Simge", "SİMGE"),
        ("S\u0131la", "s\u0131LA"),
        ("\u03a3\u03a9\u03a3", "\u03c3\u03c9\u03c2"),
    ],
)
def test_a_value_is_found_whatever_its_capitals_are(name: str, cell: str) -> None:
    """Those of Turkish and Greek too."""
    assert _masked("c-1", name, "Vidal", "", f"for {cell}")[4] == f"for {cell[0]}•••"


def test_words_of_the_address_count_before_the_at_sign_only() -> None:
    """The domain is no name: `example` and `com` are words of any sentence."""
    assert _masked("c-1", "", "", "r.zwanziger@example.com", "an example: zwanziger")[4] == "an example: z•••"


@pytest.mark.parametrize("own", ["NFC", "NFD"])
@pytest.mark.parametrize("other", ["NFC", "NFD"])
def test_a_value_is_found_however_its_accents_are_written(
    own: Literal["NFC", "NFD"], other: Literal["NFC", "NFD"]
) -> None:
    """One letter with its accent, or a letter and an accent: people see the same name."""
    found = _masked("c-1", normalize(own, "Núñez"), "Vidal", "", normalize(other, "Dear NÚÑEZ"))
    assert found[4] == "Dear N•••"
    assert _masked("c-1", "Ana", "Vidal", "", normalize(other, "Málaga"))[4] == normalize(other, "Málaga")


def test_the_address_that_messages_show_stays_and_so_does_what_ends_a_sentence() -> None:
    """It is nobody's, and without it the advice cannot be read."""
    for ours in ("Put in one such as name@example.com.", "name@example.com, or none"):
        assert MASK.text(ours) == ours
    assert MASK.text("Ask ana@example.com. Or eva@mail.example.org!") == "Ask a•••@e•••.com. Or e•••@m•••.org!"
    assert MASK.text("surname@example.com") == "s•••@e•••.com"


def test_messages_lose_their_addresses() -> None:
    """The API may quote somebody else's."""
    outcome = Outcome(2, Status.REJECTED, message="“taken by eva.ruiz@example.com”")
    assert MASK.outcome(outcome).message == "“taken by e•••@e•••.com”"
    assert MASK.outcome(Outcome(2, Status.UPDATED)) == Outcome(2, Status.UPDATED)
