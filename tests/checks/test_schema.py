"""What pandera would let through, or lose, and what this project does about it."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.checks import schema
from importer.checks.checker import Checker
from importer.checks.rules import Rules
from importer.errors import ImporterError
from importer.model.source import Field

Table = Callable[..., pd.DataFrame]
MakeChecker = Callable[..., Checker]

CANARY = "canary-5f3a"


def refusal(checker: Checker, frame: pd.DataFrame) -> str:
    """Return the defect that checking ends with, as it would be logged with its traceback."""
    with pytest.raises(ImporterError) as raised:
        checker.check(frame)
    assert type(raised.value) is ImporterError
    assert raised.value.code == "internal_error"
    assert raised.value.hint
    return "".join(traceback.format_exception(raised.value))


def test_trap_6_text_is_validated_and_nothing_is_coerced(table: Table, checker: MakeChecker) -> None:
    """A column that is not text is a defect that stops the run; its other rows do not pass unseen."""
    frame = table({"first_name": CANARY}, {"email": CANARY})
    for numbers in ([1, 2], [1.5, float("nan")], [True, False]):
        assert "failed" in refusal(checker(), frame.assign(last_name=pd.Series(numbers, index=frame.index)))
    assert "failed" in refusal(checker(), frame.assign(last_name=pd.Series(["a", 5], index=frame.index, dtype=object)))


def test_trap_6_a_column_with_one_cell_that_is_no_text_hides_no_other_issue(table: Table, checker: MakeChecker) -> None:
    """The same rows without the foreign cell show their issues: nothing depended on a coercion."""
    checked = checker().check(table({"last_name": ""}, {"last_name": "5"}))

    assert [(issue.row, issue.code) for issue in checked.issues] == [(2, "blank_last_name")]


def test_a_missing_value_is_a_defect_and_not_a_blank_cell(table: Table, checker: MakeChecker) -> None:
    """Only "" means that there is nothing in a cell; a missing value was made by somebody, and is never skipped."""
    frame = table({}, {})
    frame.loc[3, "email"] = None

    assert "not_nullable" in refusal(checker(), frame)


def test_trap_7_a_repeated_row_number_is_a_defect(table: Table, checker: MakeChecker) -> None:
    """With two rows of one number, good rows would vanish with bad ones, so nothing comes out at all."""
    frame = table({}, {"email": ""}, {})
    frame.index = pd.Index([2, 2, 3], name="row")

    assert "field_uniqueness" in refusal(checker(), frame)


@pytest.mark.slow
def test_trap_7_good_rows_beside_bad_ones_are_kept(table: Table, checker: MakeChecker) -> None:
    """Every row that is refused is refused by its own number."""
    checked = checker().check(table({}, {"email": ""}, {}, {"email": ""}, {}, first=100))

    assert [update.row for update in checked.updates] == [100, 102, 104]
    assert [issue.row for issue in checked.issues] == [101, 103]


@pytest.mark.parametrize("column", ["customer_id", "email"])
def test_a_frame_without_a_column_is_a_defect(table: Table, checker: MakeChecker, column: str) -> None:
    """A failure that names no row is never skipped."""
    assert "column_in_dataframe" in refusal(checker(), table({}).drop(columns=column))


def test_a_frame_with_a_foreign_column_is_a_defect(table: Table, checker: MakeChecker) -> None:
    """What no rule is for is not carried along unchecked."""
    assert "column_in_schema" in refusal(checker(), table({"notes": "x"}))


def test_row_numbers_that_are_no_numbers_are_a_defect(table: Table, checker: MakeChecker) -> None:
    """The index is the rows' numbers, not a text that looks like them."""
    frame = table({}, {})
    frame.index = pd.Index(["2", "3"], name="row")
    assert "ImporterError" in refusal(checker(), frame)


def test_a_check_that_raises_is_a_defect_and_no_pass(table: Table) -> None:
    """An exception inside a check is turned by pandera into a failure of no row; that failure is not skipped."""
    broken = pa.DataFrameSchema({"email": pa.Column(str, pa.Check(lambda _: 1 / 0, error="invalid_email"))})

    with pytest.raises(ImporterError, match="invalid_email"):
        schema.failures(broken, table({}))


def test_a_check_without_a_code_is_a_defect(table: Table) -> None:
    """A row that fails for a reason without a word is not reported with a made-up one, nor sent."""
    unnamed = pa.DataFrameSchema({"email": pa.Column(str, pa.Check(lambda column: column == "", name="unnamed"))})

    with pytest.raises(ImporterError, match="unnamed"):
        schema.failures(unnamed, table({}))


def test_a_defect_s_text_holds_no_cell(table: Table, checker: MakeChecker) -> None:
    """Not even the traceback that `-v` shows tells what was in a cell."""
    frame = table({"first_name": CANARY, "email": CANARY, "customer_id": CANARY}, {"last_name": f"{CANARY}\n{CANARY}"})

    assert CANARY not in refusal(checker(), frame.drop(columns="last_name"))
    assert CANARY not in refusal(checker(), frame.assign(notes=CANARY))


def test_a_failure_does_not_show_its_cell(table: Table) -> None:
    """The one value that carries a refused cell keeps it to itself when it is printed."""
    rules = Rules(headers={}, group_id="g", linked_account_id="a")
    frame = table({"email": CANARY}).assign(group_id="g", linked_account_id="a")

    [failure] = schema.failures(schema.build(rules), frame)
    assert failure.cell == CANARY
    assert CANARY not in repr(failure)


CELLS: st.SearchStrategy[str] = st.sampled_from(
    [
        *("", "Ana", "M", "null", "n" * 256, "a\x07b", "x\ufffd", "a\u200bb", "#N/A", "***", "undefined", "Zoë"),
        *(
            "ana@example.com",
            f"{'a' * 65}@example.com",
            f"{'a' * 60}@example.com",
            "a@b",
            ".a@example.com",
            "a..b@b.de",
        ),
        *("7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11", "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "4.00123E+15", "c-1", ".."),
        *("x@xn--mller-kva.example", "a@\u00fc.example", f"{'a' * 64}@{'b.' * 100}com", "a\nb@example.com"),
    ]
)


@given(
    rows=st.lists(st.dictionaries(st.sampled_from([field.value for field in Field]), CELLS), min_size=1, max_size=3),
    pattern=st.sampled_from([None, "c-[0-9]+"]),
    international=st.booleans(),
)
def test_what_the_quick_schema_lets_through_the_whole_one_does_too(
    table: Table, rows: list[dict[str, str]], pattern: str | None, *, international: bool
) -> None:
    """A row is refused whether it was looked at quickly first or not."""
    rules = Rules(headers={}, customer_id_pattern=pattern, international_addresses=international)
    own = {"customer_id": "c-1"} if pattern else {}
    frame = table(*({"group_id": "g", "linked_account_id": "a", **own, **row} for row in rows))
    found = schema.failures(schema.build(rules), frame)
    assert not (schema.surely_pass(schema.build_quick(rules), frame) and found)


def test_a_usual_row_is_let_through_quickly(table: Table) -> None:
    """Else the quick schema would be of no use; the longest names, ids and addresses are usual too."""
    rules = Rules(headers={}, group_id="g", linked_account_id="a")
    longest = {"first_name": "Z" * 255, "email": f"{'a' * 64}@example.com"}
    frame = table({}, longest, {"email": "o'neil+x@example.com"}).assign(group_id="g", linked_account_id="a")
    assert schema.surely_pass(schema.build_quick(rules), frame)
