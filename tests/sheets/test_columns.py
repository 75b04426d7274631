"""Columns, found by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model import REQUIRED_FIELDS, Field
from importer.sheets.columns import find_columns, known_names, normal_name
from importer.sheets.open import open_table


def test_the_names_are_known_for_every_field_and_mean_one_field_each() -> None:
    """The usual name of a field comes first, and no name is known for two."""
    names = known_names()
    assert set(names) == set(Field)
    fields_of: dict[str, set[Field]] = {}
    for field, known in names.items():
        for name in known:
            fields_of.setdefault(normal_name(name), set()).add(field)
    assert [name for name, fields in fields_of.items() if len(fields) > 1] == []


@pytest.mark.parametrize(
    "header",
    [
        ["Customer ID", "First Name", "Last Name", "Email"],
        ["customer_id", "first_name", "last_name", "email"],
        ["CustomerId", "GIVEN-NAME", "Surname", "E-mail Address"],
        [" client  id ", "Forename", "Family name", "Mail"],
        ["Cust\u00f3mer ID", "\ufeffFirst Name", "L\u00e1st N\u00e4me", "E\u2011Mail"],
    ],
)
def test_columns_are_found_whatever_their_case_spacing_punctuation_or_accents(header: list[str]) -> None:
    """The header's text is kept as it stands in the file."""
    columns = find_columns(header, "orders.csv")
    assert {field: columns[field].position for field in columns} == dict(zip(REQUIRED_FIELDS, range(4), strict=True))
    assert columns[Field.LAST_NAME].header == header[2]


def test_group_and_account_are_found_too_and_may_be_absent() -> None:
    """The fields come in their own order, not in the file's."""
    columns = find_columns(["Linked account", "Email", "Surname", "First", "Customer ID", "Group ID"], "orders.csv")
    assert list(columns) == list(Field)
    assert columns[Field.GROUP_ID].position == 5


@pytest.mark.parametrize("name", ["id", "name", "account", "Full Name", "user", "number", "", "\u540d\u524d"])
def test_names_that_could_mean_something_else_are_not_taken(name: str) -> None:
    """A plain "id" might be of anything."""
    with pytest.raises(SourceError) as caught:
        find_columns([name, "First Name", "Last Name", "Email"], "orders.csv")
    assert caught.value.code == "missing_column"


def test_a_missing_column_is_said_with_what_was_found_and_the_nearest_name() -> None:
    """A near miss is suggested and never taken."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Nmae", "Last Name", "", "Phone"], "orders.csv")
    assert caught.value.code == "missing_column"
    assert caught.value.message == (
        "orders.csv has no column for the first name and the e-mail address. "
        'Its header has: "Customer ID", "First Nmae", "Last Name" and "Phone".'
    )
    assert caught.value.hint == (
        'If "First Nmae" is the first name, name it "First Name". Name the column with the e-mail address "E-mail".'
    )


def test_a_name_that_is_another_field_is_not_suggested() -> None:
    """`First Name` is near to `Last Name`, but it is taken."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Email"], "orders.csv")
    assert caught.value.hint == 'Name the column with the last name "Last Name".'


def test_two_columns_for_one_field_are_refused_and_named() -> None:
    """Which of them is meant, nobody can know."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Surname", "E-mail", *["x"] * 22, "Mail"], "orders.csv")
    assert caught.value.code == "ambiguous_column"
    assert caught.value.message == (
        'orders.csv has 2 columns that could be the e-mail address: "E-mail" (D) and "Mail" (AA).'
    )


def test_a_message_shows_very_many_and_very_long_names_shortened() -> None:
    """A header of a thousand columns does not fill the screen, and a control character does not get there."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Email", "x" * 99 + "\n", "a\x1b[31m", *(f"n{number}" for number in range(40))], "orders.csv")
    assert f'"{"x" * 57}..."' in caught.value.message
    assert '"a?[31m"' in caught.value.message
    assert caught.value.message.endswith("and 13 more.")


def test_a_header_without_names_is_said_to_have_nothing() -> None:
    """There is nothing to list."""
    with pytest.raises(SourceError) as caught:
        find_columns([" "], "orders.csv")
    assert caught.value.message.endswith("No name in its header is anything like a known one.")


def test_data_in_the_place_of_a_header_is_not_shown() -> None:
    """A first row without an address and a UUID cannot be told from a header, but none of it is like a known name."""
    with pytest.raises(SourceError) as caught:
        find_columns(["c-17", "Anabel", "Torres", "ana at mail"], "orders.csv")
    said = caught.value.message + caught.value.hint
    assert not [word for word in ("c-17", "Anabel", "Torres", "ana at") if word in said]
    assert 'Name the column with the customer id "Customer ID".' in said


@pytest.mark.parametrize("cell", ["ana@example.com", "7B0C2F6E-52A8-4F0E-9D57-0F1F6A3C9E11"])
def test_a_table_without_a_header_is_refused_without_showing_anybody(tmp_path: Path, cell: str) -> None:
    """The first row of such a file is a person, whose name belongs in no log."""
    path = tmp_path / "a.csv"
    path.write_text(f"Anabel,Torres,{cell}\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        open_table(path)
    said = caught.value.message + caught.value.hint
    assert caught.value.code == "missing_column"
    assert "holds data" in said
    assert not [word for word in ("Anabel", "Torres", cell) if word in said]
