"""Every code, what a row shows and hides, and what passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import email_validator
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.checks.address_faults import all_faults
from importer.checks.addresses import OPTIONS
from importer.checks.checker import Checked, Checker
from importer.checks.cleaning.tidy_address import tidy_address
from importer.checks.cleaning.tidy_text import tidy_name
from importer.checks.codes import MEANINGS, WARNING_MEANINGS, Code, WarningCode
from importer.ids import is_safe_segment
from importer.model.rows import Issue
from importer.model.source import Field

Table = Callable[..., pd.DataFrame]
MakeChecker = Callable[..., Checker]

UUID = "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11"
UUID_OF_ZEROS = "00000000-0000-0000-0000-000000000000"

EXAMPLES = [
    ("blank_customer_id", "customer_id", " \t"),
    *(("nothing_as_customer_id", "customer_id", cell) for cell in ("NULL", "n/a", "0", UUID_OF_ZEROS)),
    *(("number_as_customer_id", "customer_id", cell) for cell in ("4.00123E+15", "4,00123E+15", "100234.0")),
    ("invalid_customer_id", "customer_id", "4711"),
    ("invalid_customer_id", "customer_id", UUID.replace("7b", "lb")),
    ("invalid_customer_id", "customer_id", UUID.replace("-", "") + "0000"),
    ("invalid_customer_id", "customer_id", UUID.replace("-", "")),
    ("blank_first_name", "first_name", ""),
    *(("nothing_as_first_name", "first_name", cell) for cell in ("\\N", "(null)", "<null>", "undefined", "{{name}}")),
    ("first_name_too_long", "first_name", "n" * 256),
    ("damaged_character_in_first_name", "first_name", "Jos\ufffd"),
    ("control_character_in_first_name", "first_name", "Jo\x00sé"),
    ("invisible_character_in_first_name", "first_name", "\u202eésoJ"),
    ("masked_first_name", "first_name", "J•••"),
    ("blank_last_name", "last_name", "\u00a0"),
    *(("nothing_as_last_name", "last_name", cell) for cell in ("%LASTNAME%", "*|LNAME|*", "[Last Name]", "${last}")),
    ("last_name_too_long", "last_name", "n" * 256),
    ("damaged_character_in_last_name", "last_name", "Nu\ud83dez"),
    ("control_character_in_last_name", "last_name", "Castellanos\x1bRuiz"),
    ("invisible_character_in_last_name", "last_name", "Ru\u3164iz"),
    ("masked_last_name", "last_name", "N***"),
    ("blank_email", "email", ""),
    ("masked_email", "email", "a•••@firm.example"),
    ("invalid_email", "email", "maria.castellanos"),
    ("blank_group_id", "group_id", ""),
    *(("nothing_as_group_id", "group_id", cell) for cell in ("NULL", "(null)", "\\N", "TRUE", "-", UUID_OF_ZEROS)),
    *(("number_as_group_id", "group_id", cell) for cell in ("1.23457E+15", "100234.0", "1E+15")),
    ("invalid_group_id", "group_id", "a/b"),
    ("blank_linked_account_id", "linked_account_id", "  "),
    *(("nothing_as_linked_account_id", "linked_account_id", cell) for cell in ("nan", "None", "undefined", "{{id}}")),
    *(("number_as_linked_account_id", "linked_account_id", cell) for cell in ("1,23457E+15", "1.2E+05", "4.0E15")),
    ("invalid_linked_account_id", "linked_account_id", ".."),
]

OWN_TARGET = {"group_id": "g", "linked_account_id": "a"}
NO_TARGET = {"group_id": None, "linked_account_id": None}


def found(checked: Checked) -> list[tuple[int, str, str]]:
    """Return row, code and column of every issue."""
    return [(issue.row, issue.code, issue.column) for issue in checked.issues]


@pytest.mark.parametrize(("code", "field", "cell"), EXAMPLES)
def test_each_fault_has_its_code_and_names_its_column(
    table: Table, checker: MakeChecker, headers: Mapping[Field, str], code: str, field: str, cell: str
) -> None:
    """A row with one wrong cell has one issue with the code, the source's own header, and two sentences."""
    checked = checker(**NO_TARGET).check(table({**OWN_TARGET, field: cell}, OWN_TARGET))

    [issue] = checked.issues
    header = headers[Field(field)]
    assert (issue.row, issue.code, issue.column) == (2, code, header)
    assert issue.message.startswith(f'"{header}" ')
    assert issue.message.count(". ") >= 1
    assert issue.message.endswith(".")
    assert [update.row for update in checked.updates] == [3]


def test_the_examples_show_every_code_but_those_that_a_row_alone_does_not_show() -> None:
    """Each code of the list can be met, and each has a meaning in one sentence."""
    of_others = {"other_group_id", "conflicting_rows", "settled_and_changed", "unclear_settled"}
    assert {code for code, _, _ in EXAMPLES} | of_others == {code.value for code in Code}
    assert set(MEANINGS) == set(Code)
    assert set(WARNING_MEANINGS) == set(WarningCode)
    assert all(meaning.endswith(".") for meaning in (*MEANINGS.values(), *WARNING_MEANINGS.values()))
    assert set(Code).isdisjoint(WarningCode)


def test_a_row_shows_all_its_issues_in_the_order_of_the_fields(table: Table, checker: MakeChecker) -> None:
    """What is wrong with four cells is four issues, so that a person corrects the row once."""
    bad = {"customer_id": "1", "first_name": "", "last_name": "a\x00b", "email": "x"}
    checked = checker().check(table({}, bad, {}, {"email": "y"}))

    assert found(checked) == [
        (3, "invalid_customer_id", "Customer ID"),
        (3, "blank_first_name", "Given name"),
        (3, "control_character_in_last_name", "Surname"),
        (3, "invalid_email", "E-mail"),
        (5, "invalid_email", "E-mail"),
    ]
    assert [update.row for update in checked.updates] == [2, 4]


def test_a_row_of_another_group_than_the_only_one_is_refused(table: Table, checker: MakeChecker) -> None:
    """Ids are compared as elsewhere: the capitals of a UUID are of no matter; a blank cell is the run's own group."""
    cells = [UUID.upper(), "", UUID.replace("7b", "7c"), "a/b"]
    own = checker(group_id=UUID, only_group=UUID)
    checked = own.check(table(*({**OWN_TARGET, "group_id": cell} for cell in cells)))
    assert [(issue.row, issue.code) for issue in checked.issues] == [(4, "other_group_id"), (5, "invalid_group_id")]
    assert "profile of its own group" in checked.issues[0].message
    assert [update.group_id for update in checked.updates] == [UUID, UUID]
    assert own.check(table({})).issues == ()


def test_one_cell_shows_its_most_basic_issue_only(table: Table, checker: MakeChecker) -> None:
    """A name that is too long and holds control and damaged characters is one issue: it is too long."""
    checked = checker(max_name_length=3).check(
        table({"first_name": "a\x00b\u3164\ufffd", "last_name": "Ito", "email": " "})
    )

    assert found(checked) == [(2, "first_name_too_long", "Given name"), (2, "blank_email", "E-mail")]
    assert "3 characters" in checked.issues[0].message


def test_a_name_may_be_exactly_as_long_as_the_limit(table: Table, checker: MakeChecker) -> None:
    """The limit is on characters, not bytes, and itself allowed."""
    assert checker(max_name_length=4).check(table({"first_name": "Zoë…", "last_name": "東京太郎"})).issues == ()


@pytest.mark.parametrize("name", ["Null", "NA", "None", "nan", "N/A", "null", "NULL", "NaN", "true", "0"])
def test_trap_15_a_customer_named_null_is_a_person(table: Table, checker: MakeChecker, name: str) -> None:
    """A word that pandas would take for a missing value is a name like any other."""
    [update] = checker().check(table({"first_name": name, "last_name": name})).updates

    assert (update.first_name, update.last_name) == (name, name)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Jo\x00an", id="null"),
        pytest.param("Jo\x1ban", id="escape"),
        pytest.param("Jo\x7fan", id="delete"),
        pytest.param("Jo\x9ban", id="control of the second set"),
    ],
)
def test_control_characters_are_refused_inside_a_name(table: Table, checker: MakeChecker, name: str) -> None:
    """Nothing that breaks or moves a line goes out in a name."""
    assert found(checker().check(table({"first_name": name}))) == [(2, "control_character_in_first_name", "Given name")]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u202eésoJ", id="override of the writing direction"),
        pytest.param("Jo\u3164an", id="filler"),
        pytest.param("Jo\u2800an", id="blank pattern"),
        pytest.param("Jo\u180ean", id="vowel separator"),
        pytest.param("\U0001f468\u200d\U0001f469", id="joiner of pictures"),
        pytest.param("Joan\U000e0041", id="tag"),
    ],
)
def test_characters_that_change_what_is_seen_are_refused_in_a_name(
    table: Table, checker: MakeChecker, name: str
) -> None:
    """Without them the name might look different, so that only a person can say what is meant."""
    assert found(checker().check(table({"first_name": name}))) == [
        (2, "invisible_character_in_first_name", "Given name")
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", id="Persian with a non-joiner"),
        pytest.param("ශ්\u200dරී", id="Sinhala with a joiner"),
        pytest.param("葛\U000e0100城", id="Japanese with a variation selector"),
        pytest.param("O\u2019Neill-Smith Jr. 3", id="punctuation"),
        pytest.param("Đặng Thị", id="Vietnamese"),
        pytest.param("=1+1", id="what a spreadsheet would compute"),
    ],
)
def test_names_of_all_scripts_go_out_as_they_are(table: Table, checker: MakeChecker, name: str) -> None:
    """A name is refused for what cannot be seen in it, never for its script."""
    [update] = checker().check(table({"first_name": name})).updates

    assert (update.first_name, update.note) == (name, "")


def test_what_is_removed_from_cells_is_in_the_note(table: Table, checker: MakeChecker) -> None:
    """White space and what is around an address goes, and the row says from which cells."""
    frame = table(
        {"email": "a@example.com\r\n", "last_name": "\u00a0Ruiz "},
        {"customer_id": f"\t{UUID}\u3000", "first_name": " M ", "group_id": " g2 "},
        {"first_name": "M  M"},
        {"email": "<b@example.com> "},
    ).fillna("")
    checked = checker().check(frame)

    assert [update.note for update in checked.updates] == [
        'White space around "Surname" and "E-mail" was removed.',
        'White space around "Customer ID", "Given name" and "Group" was removed.',
        'White space inside "Given name" was reduced to single spaces.',
        'White space around "E-mail" was removed. The address in "E-mail" was taken out of its angle brackets.',
    ]
    assert checked.updates[0].last_name == "Ruiz"
    assert [update.first_name for update in checked.updates] == ["María", "M", "M M", "María"]
    assert [update.group_id for update in checked.updates] == ["group-1", "g2", "group-1", "group-1"]


def test_a_long_header_on_two_lines_is_shown_short_on_one(table: Table, checker: MakeChecker) -> None:
    """A message names the column in at most sixty characters; the issue's column is the header as it stands."""
    header = "Address for\n" + "very " * 20
    [issue] = checker(headers={Field.EMAIL: header}).check(table({"email": ""})).issues

    assert issue.column == header
    assert issue.message.startswith('"Address for very very ')
    assert issue.message.split('"')[1].endswith("...")
    assert len(issue.message.split('"')[1]) == 60


def test_ids_are_sent_in_lower_case_where_they_are_uuids(table: Table, checker: MakeChecker) -> None:
    """A UUID has no case; another id keeps its own."""
    group = "0F1F6A3C-52A8-4F0E-9D57-7B0C2F6E9E11"
    [update] = checker(group_id=group, linked_account_id="Acc-1").check(table({"customer_id": UUID.upper()})).updates

    assert (update.group_id, update.linked_account_id, update.customer_id) == (group.lower(), "Acc-1", UUID)


def test_a_row_s_own_group_and_account_win_over_the_run_s(table: Table, checker: MakeChecker) -> None:
    """A blank cell takes the run's, a cell with something in it its own."""
    frame = table(
        {"group_id": "g2", "linked_account_id": ""},
        {"group_id": " ", "linked_account_id": "a2"},
        {"group_id": "a b", "linked_account_id": "x"},
    )
    checked = checker().check(frame)

    targets = [(update.group_id, update.linked_account_id) for update in checked.updates]
    assert targets == [("g2", "acc-1"), ("group-1", "a2")]
    assert found(checked) == [(4, "invalid_group_id", "Group")]


def test_rows_that_go_where_the_run_says_are_named(table: Table, checker: MakeChecker) -> None:
    """Of the rows that are sent, those whose own cell is blank, for each column that is there."""
    frame = table({"group_id": "g2"}, {"group_id": " "}, {"group_id": "", "email": "x"}, {"group_id": "\u200b"})

    assert checker().check(frame).defaulted == {Field.GROUP_ID: [3, 5]}
    assert checker(group_id=None).check(frame).defaulted == {}
    assert checker().check(table({})).defaulted == {}


def test_a_row_without_any_group_or_account_is_invalid(table: Table, checker: MakeChecker) -> None:
    """Where there is no column and nothing is set for the run, each row says how to give the two."""
    checked = checker(headers={}, **NO_TARGET).check(table({}))

    assert found(checked) == [
        (2, "blank_group_id", "group_id"),
        (2, "blank_linked_account_id", "linked_account_id"),
    ]
    assert "--group-id" in checked.issues[0].message
    assert "--linked-account-id" in checked.issues[1].message


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        pytest.param("C-12", None, id="matches"),
        pytest.param(" C-12 ", None, id="matches when trimmed"),
        pytest.param("C-12x", "does not have the form", id="only its beginning matches"),
        pytest.param("C-1/", "cannot be part of a web address", id="matches, but not safe in a path"),
        pytest.param(UUID, "does not have the form", id="UUID"),
    ],
)
def test_the_form_of_a_customer_id_can_be_set(table: Table, checker: MakeChecker, cell: str, wrong: str | None) -> None:
    """The whole id must match the pattern, and still be safe as a path segment."""
    checked = checker(customer_id_pattern=r"C-\d\d|C-1/").check(table({"customer_id": cell}))

    if wrong is None:
        assert [update.customer_id for update in checked.updates] == ["C-12"]
    else:
        assert found(checked) == [(2, "invalid_customer_id", "Customer ID")]
        assert wrong in checked.issues[0].message


def test_the_reader_s_issues_stand_beside_those_of_the_other_cells(table: Table, checker: MakeChecker) -> None:
    """A cell that the reader could not take has the reader's issue only; the other cells are still checked."""
    frame = table({"email": "", "first_name": ""}, {}, {"last_name": ""})
    reader = [Issue(2, "error_cell", "E-mail", "An error."), Issue(3, "number_cell", "Customer ID", "A number.")]
    checked = checker().check(frame, reader)

    assert found(checked) == [
        (2, "blank_first_name", "Given name"),
        (2, "error_cell", "E-mail"),
        (3, "number_cell", "Customer ID"),
        (4, "blank_last_name", "Surname"),
    ]
    assert checked.updates == ()
    assert set(reader) <= set(checked.issues)


def test_nothing_is_added_to_an_issue_of_a_whole_row(table: Table, checker: MakeChecker) -> None:
    """Where the fields of a row cannot be told apart, what stands in them says nothing."""
    reader = [Issue(2, "wrong_field_count", "", "One field too few.")]
    checked = checker().check(table({"email": "", "first_name": ""}, {}), reader)

    assert list(checked.issues) == reader
    assert [update.row for update in checked.updates] == [3]


def test_issues_of_columns_that_hold_no_field_come_last(table: Table, checker: MakeChecker) -> None:
    """A reader's issue is kept whatever it is about, even of a row that is not in the frame."""
    reader = [Issue(2, "strange", "Notes", "x"), Issue(9, "undecodable", "", "y")]
    checked = checker().check(table({"email": ""}), reader)

    assert found(checked) == [(2, "blank_email", "E-mail"), (2, "strange", "Notes"), (9, "undecodable", "")]


def test_a_chunk_without_rows_gives_nothing_but_the_reader_s_issues(table: Table, checker: MakeChecker) -> None:
    """No row in, no row out."""
    issue = Issue(7, "wrong_field_count", "", "One field too few.")

    assert checker().check(table(), [issue]) == Checked((), (issue,))


def test_rows_come_out_in_the_order_of_their_numbers(table: Table, checker: MakeChecker) -> None:
    """Whatever the order of the frame, updates and issues are in row order."""
    frame = table({}, {"email": ""}, {}, {"email": ""}).iloc[[3, 2, 0, 1]]
    checked = checker().check(frame)

    assert [update.row for update in checked.updates] == [2, 4]
    assert [issue.row for issue in checked.issues] == [3, 5]


def test_nothing_visible_is_blank_and_nothing_else_is(table: Table, checker: MakeChecker) -> None:
    """A cell of zero-width characters is an empty cell to whoever looks at it; a dash is not."""
    checked = checker().check(
        table({"first_name": "\u200b\u2060 "}, {"group_id": "\ufeff"}, {"first_name": "-"}).fillna("")
    )

    assert found(checked) == [(2, "blank_first_name", "Given name")]
    assert [update.group_id for update in checked.updates] == ["group-1", "group-1"]


def test_an_id_without_hyphens_has_its_own_reason(table: Table, checker: MakeChecker) -> None:
    """The bytes may stand in another order there, and would be another customer's id with hyphens put in."""
    [issue] = checker().check(table({"customer_id": UUID.replace("-", "")})).issues

    assert "has the 32 digits of a customer id without its hyphens. " in issue.message


def test_an_id_that_is_not_a_uuid_is_not_unwrapped(table: Table, checker: MakeChecker) -> None:
    """Where another form is set, braces may be part of it; it is for the pattern to say."""
    assert found(checker(customer_id_pattern=".*").check(table({"customer_id": f"{{{UUID}}}"}))) == [
        (2, "invalid_customer_id", "Customer ID")
    ]


@pytest.mark.parametrize("account", ["000471", "4001230000012345", "1E15", "12-05", "Acc-1", "nullmann", "v1.2", "N"])
def test_an_account_that_only_looks_strange_is_sent(table: Table, checker: MakeChecker, account: str) -> None:
    """Zeros before digits, long numbers, and words that are not those for nothing."""
    [update] = checker().check(table({"linked_account_id": account})).updates

    assert update.linked_account_id == account


def test_the_form_that_is_set_for_customer_ids_says_whether_they_are_numbers(
    table: Table, checker: MakeChecker
) -> None:
    """A form of one's own may allow a decimal point, but no word for nothing."""
    made = checker(customer_id_pattern=r"\w+|\d+\.0")

    assert [update.customer_id for update in made.check(table({"customer_id": "12.0"})).updates] == ["12.0"]
    assert found(made.check(table({"customer_id": "NULL"}))) == [(2, "nothing_as_customer_id", "Customer ID")]


def test_international_addresses_are_a_setting(table: Table, checker: MakeChecker) -> None:
    """They are refused with the name of the setting, or sent with the domain as it is looked up."""
    frame = table({"email": "jose\u0301@bücher.example.com"})
    [issue] = checker().check(frame).issues
    [update] = checker(international_addresses=True).check(frame).updates

    assert issue.code == "invalid_email"
    assert "IMPORTER_INTERNATIONAL_ADDRESSES=true" in issue.message
    assert update.email == "josé@xn--bcher-kva.example.com"
    assert update.note.endswith('The domain in "E-mail" is sent in its ASCII form.')


def test_warnings_stand_beside_updates_and_issues(table: Table, checker: MakeChecker) -> None:
    """A row with a warning is sent; a cell that has an issue has no warning beside it, its row's other cells may."""
    frame = table(
        {"first_name": "MARÍA", "email": "maria@gmial.com"},
        {"first_name": "MARÍA\x00", "last_name": "RUIZ"},
        {"first_name": "MARÍA"},
    )
    checked = checker().check(frame, [Issue(4, "wrong_field_count", "", "One field too few.")])

    assert [(warning.row, warning.code, warning.column) for warning in checked.warnings] == [
        (2, "name_in_capitals", "Given name"),
        (2, "domain_slip", "E-mail"),
        (3, "name_in_capitals", "Surname"),
    ]
    assert [update.row for update in checked.updates] == [2]


def test_the_frame_that_was_given_stays_as_it_is(table: Table, checker: MakeChecker) -> None:
    """Neither cleaning nor pandera changes what belongs to the caller, its index's name included."""
    frame = table({"first_name": " a ", "email": "x"}, {"first_name": "", "email": "y"})
    before = frame.copy(deep=True)
    checker().check(frame)

    pd.testing.assert_frame_equal(frame, before)
    assert frame.index.name == "row"


texts = st.text(max_size=40) | st.sampled_from([UUID, f" {UUID} ", "a@example.com", "a@exa_mple.com", "..", "x-1"])
rows = st.lists(st.dictionaries(st.sampled_from([field.value for field in Field]), texts), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def all_messages(table: Table, checker: MakeChecker) -> frozenset[str]:
    """Return everything that an issue of the examples' checker can say."""
    made = checker(**NO_TARGET)
    said = {
        issue.message for _, field, cell in EXAMPLES for issue in made.check(table({**OWN_TARGET, field: cell})).issues
    }
    headers = ("Customer ID", "E-mail", "Group", "Account")
    formulas = {f'"{header}" holds a formula as text. Put in what it shows.' for header in headers}
    return frozenset(said | formulas | {f'"E-mail" {wrong}. {right}' for wrong, right in all_faults()})


@pytest.mark.slow
@settings(max_examples=80)
@given(given_rows=rows)
def test_any_text_ends_in_one_update_or_in_issues_that_quote_nothing(
    table: Table, checker: MakeChecker, all_messages: frozenset[str], given_rows: list[dict[str, str]]
) -> None:
    """Whatever is in the cells, each row comes out once, and messages are of a fixed set that knows no cell."""
    frame = table(*({**OWN_TARGET, **row} for row in given_rows))
    checked = checker(**NO_TARGET).check(frame)

    updated = [update.row for update in checked.updates]
    refused = {issue.row for issue in checked.issues}
    assert sorted([*updated, *refused]) == list(frame.index)
    assert {issue.message for issue in checked.issues} <= all_messages
    assert len({(issue.row, issue.column) for issue in checked.issues}) == len(checked.issues)


odd_cells = st.sampled_from(
    [
        *((field, cell) for _, field, cell in EXAMPLES),
        *(("first_name", cell) for cell in (" Ana ", "ANNA", "null", "Ana  B", "JosÃ©", "Jose\u0301", '="Ana"', "An?")),
        *(("email", cell) for cell in ("Ana <ana@example.com>", "'a@example.com'", "a@gmial.com", "test@test.com")),
        *(("customer_id", cell) for cell in (f"{{{UUID}}}", UUID.upper(), "550e8400-e29b-41d4-a716-446655440000")),
    ]
)


@pytest.mark.slow
@settings(max_examples=40)
@given(odd=st.dictionaries(st.integers(2, 151), odd_cells, max_size=4))
def test_rows_that_are_checked_together_are_judged_as_one_by_one(
    table: Table, checker: MakeChecker, odd: dict[int, tuple[str, str]]
) -> None:
    """Whatever is looked at as a whole, for a chunk or for a part of it, comes to the same for each row."""
    usual = {**OWN_TARGET, "last_name": "Zoë"}
    rows_by_number = {row: {**usual, **dict([odd[row]] if row in odd else [])} for row in range(2, 152)}
    made = checker(**NO_TARGET)
    together = made.check(table(*rows_by_number.values()))
    numbers = [*odd, *(row for row in (2, 100) if row not in odd)]
    alone = [made.check(table(rows_by_number[row], first=row)) for row in sorted(numbers)]

    assert len(together.updates) + len({issue.row for issue in together.issues}) == len(rows_by_number)
    assert [one for one in together.updates if one.row in numbers] == [one for each in alone for one in each.updates]
    assert list(together.issues) == [issue for each in alone for issue in each.issues]
    assert list(together.warnings) == [warning for each in alone for warning in each.warnings]


@pytest.mark.slow
@settings(max_examples=80)
@given(
    name=st.text(min_size=1, max_size=20),
    uuid=st.uuids().map(str),
    email=st.emails() | st.text(max_size=10).map(lambda text: f"{text}@example.org"),
    pad=st.sampled_from(["", " ", "\u00a0", "\t", "\r\n", "\u2003"]),
)
def test_what_passes_is_clean(table: Table, checker: MakeChecker, name: str, uuid: str, email: str, pad: str) -> None:
    """An update has a UUID in lower case, trimmed names, an address that email-validator accepts, and safe ids."""
    frame = table(
        {"first_name": pad + name, "last_name": name + pad, "customer_id": pad + uuid.upper(), "email": email}
    )
    for update in checker().check(frame).updates:
        assert update.customer_id == uuid
        assert update.first_name == update.last_name == tidy_name(name).text != ""
        assert update.email == tidy_address(email).text
        assert update.email.isascii()
        email_validator.validate_email(update.email, **OPTIONS)
        assert is_safe_segment(update.group_id)
        sent = (update.customer_id, update.first_name, update.last_name, update.email)
        assert bool(update.note) == ((uuid, *frame.iloc[0, 1:]) != sent or bool(pad))
