"""What is strange about a row, though it can be sent."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from importer.checks.checker import Checker
from importer.checks.codes import WarningCode
from importer.checks.row_warnings import assumed_encodings
from importer.model.rows import Update
from importer.model.source import Field

Table = Callable[..., pd.DataFrame]
MakeChecker = Callable[..., Checker]

UUID = "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11"


def warned(checker: Checker, frame: pd.DataFrame) -> list[tuple[int, str]]:
    """Return row and code of every warning."""
    return [(warning.row, warning.code) for warning in checker.check(frame).warnings]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("MARÍA", "name_in_capitals", id="capitals"),
        pytest.param("VAN DER BERG", "name_in_capitals", id="capitals with short words"),
        pytest.param("ИВАНОВ", "name_in_capitals", id="capitals of another script"),
        pytest.param("María 2", "name_with_digits", id="digit"),
        pytest.param("María\u0662", "name_with_digits", id="digit of another script"),
        pytest.param("maria@example.com", "value_of_other_column", id="address"),
        pytest.param("MARIA@EXAMPLE.COM", "value_of_other_column", id="address in capitals"),
        pytest.param(f"María {UUID}", "value_of_other_column", id="customer id"),
        pytest.param("JosÃ©", "mangled_text", id="mangled"),
        pytest.param("MarÃ\u00ada", "mangled_text", id="mangled, of which cleaning takes a part"),
        pytest.param("JOSÃ‰", "mangled_text", id="mangled in capitals"),
        pytest.param("M?ller", "lost_letters", id="a letter that was lost"),
        pytest.param("M?LLER", "lost_letters", id="the same in capitals"),
        pytest.param("O&#039;Brandvik", "markup_in_name", id="markup with digits"),
        pytest.param("Ren\\u00e9", "codes_in_name", id="codes with digits"),
        pytest.param('=T("Ilse")', "formula_in_name", id="formula"),
        pytest.param("An\u0430", "mixed_alphabets", id="two alphabets"),
        pytest.param("@", "name_without_letters", id="no letter"),
        pytest.param("12345", "name_without_letters", id="digits alone"),
    ],
)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_strange_name_has_a_warning(table: Table, checker: MakeChecker, field: str, name: str, code: str) -> None:
    """One warning a cell, the most telling, on the cell's own row and column; it does not quote the cell."""
    checked = checker().check(table({}, {field: name}))

    header = {"first_name": "Given name", "last_name": "Surname"}[field]
    [warning] = checked.warnings
    assert (warning.row, warning.code, warning.column) == (3, code, header)
    assert warning.message.startswith(f'"{header}" ')
    assert not [word for word in name.split() if word in warning.message]
    assert WarningCode(warning.code)


@pytest.mark.parametrize(
    "name",
    [
        *("JP", "LEE", "J.P.", "A.B.C.D.", "DE LA O", "McDONALD", "Ana", "山田太郎", "김철수", "محمد", "Nguyễn", "Ã"),
        *("O'Brien-Smith", "Luis XVIII", "Nullmann", "Annulla"),
    ],
)
def test_a_name_that_people_bear_has_none(table: Table, checker: MakeChecker, name: str) -> None:
    """Initials, short names, scripts without case, accents: nothing strange."""
    assert warned(checker(), table({"first_name": name, "last_name": name})) == []


@pytest.mark.parametrize(
    ("first_name", "last_name", "warned_columns"),
    [
        pytest.param("Hugo", "Null", [], id="a man called so"),
        pytest.param("Na", "Kim", [], id="a woman called so"),
        pytest.param("True", "Ng", [], id="a child called so"),
        pytest.param("null", "Quintela", ["Given name"], id="bare"),
        pytest.param("Hugo", "NULL", ["Surname"], id="capitals"),
        pytest.param("Hugo", "nUlL", ["Surname"], id="any capitals"),
        pytest.param("Hugo", "N/A", ["Surname"], id="no word that is borne"),
        pytest.param("Null", "Null", ["Given name", "Surname"], id="beside no ordinary name"),
        pytest.param("NULL", "NULL", ["Given name", "Surname"], id="both"),
        pytest.param("Ilse null", "Brandvik", ["Given name"], id="a part that was nothing"),
    ],
)
def test_a_word_for_nothing_is_a_name_where_it_is_written_as_one(
    table: Table, checker: MakeChecker, first_name: str, last_name: str, warned_columns: list[str]
) -> None:
    """People are called so: the row is sent, and it is said unless it is plain that a name is meant."""
    checked = checker().check(table({}, {"first_name": first_name, "last_name": last_name}))

    assert [(warning.row, warning.code, warning.column) for warning in checked.warnings] == [
        (3, "word_for_nothing", column) for column in warned_columns
    ]
    assert [(update.first_name, update.last_name) for update in checked.updates[1:]] == [(first_name, last_name)]


def test_the_id_of_a_manual_is_told_from_a_customer_s(table: Table, checker: MakeChecker) -> None:
    """The example row of a template has an id that is known, in either case."""
    example = "123e4567-e89b-12d3-a456-426614174000"
    frame = table({"customer_id": example}, {}, {"customer_id": example.upper()})

    assert warned(checker(), frame) == [(2, "example_id"), (4, "example_id")]


def test_a_domain_one_slip_away_is_named_with_what_is_meant(table: Table, checker: MakeChecker) -> None:
    """The provider's domain is no secret; the address is sent as it is."""
    frame = table({"email": "maria@Gmial.com"}, {"email": "maria@gmail.com"}, {"email": " <maria@hotmial.com> "})
    checked = checker().check(frame)

    assert [warning.message for warning in checked.warnings] == [
        '"E-mail" has a domain that is one slip away from gmail.com. Correct it if that is meant.',
        '"E-mail" has a domain that is one slip away from hotmail.com. Correct it if that is meant.',
    ]
    assert [update.email for update in checked.updates] == ["maria@Gmial.com", "maria@gmail.com", "maria@hotmial.com"]


def test_an_address_that_nobody_has_is_sent_with_a_warning(table: Table, checker: MakeChecker) -> None:
    """A person who types `test@test.com` had none to put in."""
    checked = checker().check(table({}, {"email": "test@test.com"}, {"email": "na@na.na"}))

    assert [(warning.row, warning.code, warning.column) for warning in checked.warnings] == [
        (3, "placeholder_address", "E-mail"),
        (4, "placeholder_address", "E-mail"),
    ]
    assert len(checked.updates) == 3


def test_an_apostrophe_before_an_address_is_told(table: Table, checker: MakeChecker) -> None:
    """It may be a part of the address, or the guard of a spreadsheet: nobody but a person knows."""
    assert warned(checker(), table({"email": "'petra@firm.example"}, {"email": "o'neil@firm.example"})) == [
        (2, "guarded_address")
    ]


def test_a_sign_of_equality_before_an_address_is_told(table: Table, checker: MakeChecker) -> None:
    """It is allowed there, and hardly anybody's: a formula as text begins so."""
    checked = checker().check(table({"email": "=petra@firm.example"}, {"email": "a=b@firm.example"}))
    [warning] = checked.warnings
    assert (warning.row, warning.code) == (2, "guarded_address")
    assert "begins with a sign of equality, as a formula does" in warning.message


def test_an_apostrophe_before_both_names_is_told(table: Table, checker: MakeChecker) -> None:
    """Before one of them it may belong there; before both, a spreadsheet has kept them as text."""
    frame = table(
        {"first_name": "'Ilse", "last_name": "'Ek"},
        {"first_name": "Jan", "last_name": "'t Hart"},
        {"first_name": "'Ana"},
    )
    assert warned(checker(), frame) == [(2, "guarded_name"), (2, "guarded_name")]


@pytest.mark.parametrize("cell", ['=T("x")', '"=A2"', "'=1+1", '=HYPERLINK("mailto:a@b.example")'])
@pytest.mark.parametrize("field", ["customer_id", "email", "group_id", "linked_account_id"])
def test_a_formula_in_the_place_of_an_id_or_an_address_is_said_to_be_one(
    table: Table, checker: MakeChecker, field: str, cell: str
) -> None:
    """Not that it lacks a hyphen or an @ sign."""
    [issue] = checker().check(table({field: cell})).issues
    assert issue.code == f"invalid_{field}"
    assert issue.message.endswith("holds a formula as text. Put in what it shows.")


def test_warnings_are_in_the_order_of_rows_and_fields(table: Table, checker: MakeChecker) -> None:
    """Whatever the order of the frame."""
    frame = table(
        {"last_name": "RUIZ", "first_name": "Ana 1", "email": "a@gmial.com"}, {"first_name": "MARÍA"}, {}
    ).iloc[[2, 1, 0]]

    assert warned(checker(), frame) == [
        (2, "name_with_digits"),
        (2, "name_in_capitals"),
        (2, "domain_slip"),
        (3, "name_in_capitals"),
    ]


def test_a_name_that_another_encoding_would_make_another_is_told() -> None:
    """Of names beyond ASCII, once for each; what no other encoding changes is not doubted."""
    headers = {Field.FIRST_NAME: "Given", Field.LAST_NAME: "Family"}
    one = Update(2, "group", "account", "id", "Zoë", "Dvoøák", "a@example.com")
    other = Update(3, "group", "account", "id", "Ana", "Novák", "b@example.com")
    asked: list[str] = []

    def reads_otherwise(name: str) -> str:
        asked.append(name)
        return "windows-1250" if "ø" in name else ""

    [warning] = assumed_encodings([one, other], headers, reads_otherwise)
    assert (warning.row, warning.code, warning.column) == (2, "assumed_encoding", "Family")
    assert "in windows-1250 it would be another name" in warning.message
    assert asked == ["Zoë", "Dvoøák", "Novák"]
