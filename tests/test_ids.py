"""Ids: what can be a segment of a path, and how it is written there."""

from __future__ import annotations

import uuid
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.ids import is_safe_segment, is_uuid, normal_id


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
