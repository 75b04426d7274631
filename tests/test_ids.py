"""Ids: what can be a segment of a path, and how it is written there."""

from __future__ import annotations

import uuid
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.ids import (
    are_safe_segments,
    are_surely_ids,
    are_uuids,
    is_number,
    is_safe_segment,
    is_uuid,
    normal_id,
    says_nothing,
)


@given(st.text(max_size=8) | st.from_regex(r"[A-Za-z0-9._~-]{1,129}", fullmatch=True))
def test_a_safe_segment_stays_as_it_is_in_a_url(text: str) -> None:
    """Exactly what needs no escape, changes no path and is not too long is a safe segment."""
    safe = is_safe_segment(text)
    assert safe is (text not in ("", ".", "..") and quote(text, safe="") == text and len(text) <= 128)
    if safe:
        assert urlsplit(f"https://api.example.com/a/{text}/b").path == f"/a/{text}/b"


@pytest.mark.parametrize(
    "text", ["a\n", "\na", "a/b", "a%2fb", "a?", "a#", "a;b", "á", "\u0661", "a\u200b", " ", "a b"]
)
def test_what_would_change_the_request_is_not_safe(text: str) -> None:
    """Line breaks, separators, escapes, and letters and digits of other scripts are refused."""
    assert not is_safe_segment(text)


@pytest.mark.parametrize(
    "text",
    [
        "7b0c2f6e52a84f0e9d570f1f6a3c9e11",
        "{7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11}",
        "urn:uuid:7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11",
        "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e1",
        "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11\n",
        "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e1g",
        "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e1\u0661",
        "",
    ],
)
def test_only_the_canonical_form_is_a_uuid(text: str) -> None:
    """Other spellings of a UUID, which the API does not document, are not taken for one."""
    assert not is_uuid(text)
    assert normal_id(text) == text


@pytest.mark.slow
@given(st.uuids(), st.booleans())
def test_a_uuid_is_sent_in_lower_case(
    value: uuid.UUID,
    upper: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Any UUID in either case is one, and is sent and compared in lower case."""
    text = str(value).upper() if upper else str(value)
    assert is_uuid(text)
    assert normal_id(text) == str(value)


def test_other_ids_keep_their_case() -> None:
    """Where an id is no UUID, its case may mean something."""
    assert normal_id("Acct-1") == "Acct-1"


@pytest.mark.parametrize(
    "text",
    [
        *("NULL", "null", "nan", "NaN", "NaT", "None", "undefined", "(null)", "<null>", "[NULL]", "\\N", "#N/A", "n/a"),
        *("TRUE", "False", "FALSCH", "-inf", "unknown", "-", "--", "0", "0000", "00000000-0000-0000-0000-000000000000"),
        *("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "{{group_id}}", "${group}", "{group_id}", "%GROUP%", "*|GROUP|*"),
        "[object Object]",
    ],
)
def test_what_programs_write_for_no_value_is_no_id(text: str) -> None:
    """Words in any capitals, with what programs put around them, zeros alone, and placeholders."""
    assert says_nothing(text)
    assert not are_surely_ids(["acct-77", text])


@pytest.mark.parametrize("text", ["4.00123E+15", "4,00123E+15", "1.2e+05", "1E+15", "4.0E15", "100234.0", "100234,00"])
def test_what_a_spreadsheet_makes_of_a_long_id_is_a_number(text: str) -> None:
    """An exponent, or a whole number with decimals, with a point or a comma."""
    assert is_number(text)
    assert not are_surely_ids(["acct-77", text])


@pytest.mark.parametrize(
    "text", ["", "000471", "4001230000012345", "1E15", "acct-77", "N", "nullmann", "v1.2", "12-05"]
)
def test_other_ids_are_ids(text: str) -> None:
    """Zeros before digits, digits alone, and words with a word for nothing in them."""
    assert not says_nothing(text)
    assert not is_number(text)


pieces = st.sampled_from(
    [
        *"0-_.+,Ee1Na{}%()\n",
        "null",
        "00000000-0000-0000-0000-000000000000",
        "f" * 8 + "-ffff" * 3 + "-" + "f" * 12,
        "NULL",
        "x" * 36,
    ]
)


@given(st.lists(st.lists(pieces, max_size=4).map("".join), max_size=4))
def test_ids_that_are_looked_at_together_are_judged_as_one_by_one(ids: list[str]) -> None:
    """The fast looks never pass over an id that the slow ones would stop at."""
    if are_surely_ids(ids):
        assert not any(says_nothing(text) or is_number(text) for text in ids)
    assert are_safe_segments(ids) == all(map(is_safe_segment, ids))


ID = "7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11"
NEARLY_IDS = st.builds(
    lambda at, sign: ID[:at] + sign + ID[at + 1 :], st.integers(0, 35), st.sampled_from("-aFg \n\u0661")
)


@given(st.lists(NEARLY_IDS | st.sampled_from([ID, ID.upper(), "", ID[1:], ID + "0", " " * 36, "-" * 36]), max_size=3))
@example([f"{ID[:19]}  57-0f1f6a3c9e11"])
@example([ID + "0", ID[1:]])
def test_uuids_that_are_looked_at_together_are_judged_as_one_by_one(ids: list[str]) -> None:
    """What is not a digit in one of them is none that another makes up for."""
    assert are_uuids(ids) == all(map(is_uuid, ids))
