"""Ids and times come out of the journal as they went in."""

from __future__ import annotations

import uuid
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.journal.packed.ids_and_times import packed_id, packed_time, unpacked_id, unpacked_time

TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda time: f"{time.replace(tzinfo=None).isoformat()}Z")
WRITTEN = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3,9})?(Z|\+00:00)", fullmatch=True
)


@given(
    st.uuids().map(str) | st.uuids().map(lambda one: str(one).upper()) | st.uuids().map(lambda one: one.hex) | st.text()
)
def test_any_id_comes_back(text: str) -> None:
    """A UUID in lower case takes 16 bytes; nothing else is taken for one, and nothing is changed."""
    packed = packed_id(text)
    assert unpacked_id(packed) == text
    assert isinstance(packed, bytes) == _is_canonical(text)


@given(TIMES | WRITTEN | st.text())
def test_any_time_comes_back(text: str) -> None:
    """A time that has other decimals, another offset or no place in the calendar stays text."""
    assert unpacked_time(packed_time(text)) == text


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("1970-01-01T00:00:01.000000Z", 2_000_000),
        ("1970-01-01T00:00:01Z", 2_000_001),
        ("1969-12-31T23:59:59.999999Z", -2),
        ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:01.000Z"),
        ("1970-01-01T00:00:01.000000+00:00", "1970-01-01T00:00:01.000000+00:00"),
        ("1970-02-30T00:00:01Z", "1970-02-30T00:00:01Z"),
        ("", ""),
    ],
)
def test_times_as_the_api_writes_them_are_numbers(text: str, packed: int | str) -> None:
    """With six decimals or none."""
    assert packed_time(text) == packed


@given(TIMES)
def test_no_year_is_too_early_or_too_late(text: str) -> None:
    """Whatever the calendar has is a number."""
    assert isinstance(packed_time(text), int)


def _is_canonical(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
