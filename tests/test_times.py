"""Times as text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.times import compact, local, rfc3339

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_750_000_000.25, "2025-06-15T15:06:40.250000Z"),
        (1_750_000_000.999_999_9, "2025-06-15T15:06:41.000000Z"),
    ],
)
def test_a_time_is_rfc3339_in_utc(seconds: float, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it runs, a time is in UTC, with microseconds and a `Z`."""
    monkeypatch.setenv("TZ", "America/Mexico_City")
    assert rfc3339(seconds) == text


@pytest.fixture
def _in_zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    with monkeypatch.context() as there:
        there.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_in_zone")
@pytest.mark.parametrize(
    ("_in_zone", "text", "told"),
    [
        ("Europe/Paris", "2026-11-29T04:10:03.624825Z", "2026-11-29 05:10:03 CET"),
        ("Europe/Paris", "2026-07-29T04:10:03.624825Z", "2026-07-29 06:10:03 CEST"),
        ("America/Sao_Paulo", "2026-07-29T01:10:03.624825Z", "2026-07-28 22:10:03 UTC-03:00"),
        ("UTC", "2026-07-29T04:10:03.624825Z", "2026-07-29 04:10:03 UTC"),
        ("UTC", "some day", "some day"),
        pytest.param("ODD-26", "2026-07-29T04:10:03.624825Z", "2026-07-29 04:10:03 UTC", id="more than a day away"),
    ],
    indirect=["_in_zone"],
)
def test_a_person_reads_the_time_of_the_place_with_its_zone(text: str, told: str) -> None:
    """As it was there on that day; what is no time stays as it is."""
    assert local(text) == told
    assert local(text, to="minutes") == (told[:16] + told[19:] if text[0] == "2" else told)


@given(st.floats(FIRST.timestamp(), LAST.timestamp()))
def test_a_time_comes_back(seconds: float) -> None:
    """The text is the time, to the microsecond."""
    back = datetime.fromisoformat(rfc3339(seconds))
    assert abs(back - (FIRST + timedelta(seconds=seconds))) <= timedelta(microseconds=1)


def test_a_compact_time_fits_into_a_name() -> None:
    """To the second, without a sign that a file's name could not have."""
    assert compact(1_750_000_000.9) == "20250615T150640Z"
