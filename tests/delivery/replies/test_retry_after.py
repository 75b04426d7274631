"""What `Retry-After` asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.replies.retry_after import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC).timestamp()


def date(seconds: float) -> str:
    """Return a time as an HTTP date."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param(None, None, id="no header"),
        pytest.param("0", 0.0, id="zero"),
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("  120 ", 120.0, id="spaces around"),
        pytest.param("0000000000120", 120.0, id="leading zeros"),
        pytest.param("1" * 5000, 1e9, id="more digits than an int may have"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="empty"),
        pytest.param("٣", None, id="digits of another script"),
        pytest.param("5, 5", None, id="sent twice"),
        pytest.param(date(NOW + 30), 30.0, id="a date ahead"),
        pytest.param(date(NOW - 30), 0.0, id="a date gone by"),
        pytest.param("Sunday, 01-Mar-26 12:00:10 GMT", 10.0, id="the date form of RFC 850"),
        pytest.param("Sun Mar  1 12:00:10 2026", 10.0, id="the date form of asctime"),
        pytest.param("Mon, 31 Feb 2026 12:00:00 GMT", None, id="no such day"),
        pytest.param(f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT", None, id="a year beyond all years"),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """RFC 9110 knows two forms of `Retry-After`; whatever is neither counts as not there."""
    assert parse_retry_after(value, date=None, now=NOW) == seconds


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        pytest.param(date(NOW - 3600), 30.0, id="their clock is an hour behind"),
        pytest.param(date(NOW + 3600), 30.0, id="their clock is an hour ahead"),
        pytest.param("no date", None, id="unreadable: this machine's clock"),
    ],
)
def test_a_date_is_relative_to_the_date_of_the_reply(sent: str, seconds: float | None) -> None:
    """Two clocks that differ do not make the wait an hour longer, or nothing."""
    theirs = {date(NOW - 3600): NOW - 3600, date(NOW + 3600): NOW + 3600}.get(sent, NOW)
    assert parse_retry_after(date(theirs + 30), date=sent, now=NOW) == (seconds or 30.0)


@pytest.mark.slow
@given(value=st.text() | st.from_regex(r"[A-Za-z]{3}, \d{1,30} [A-Z][a-z]{2} \d{1,30} \d{1,9}:\d+:\d+ [+-]?\w+"))
def test_any_header_at_all_gives_a_bounded_wait_or_none(value: str) -> None:
    """No value of the header raises, and none makes a wait negative or endless."""
    seconds = parse_retry_after(value, date=value, now=NOW)
    assert seconds is None or 0 <= seconds <= 1e9


@pytest.mark.parametrize("off_s", [7200.0, -7200.0, 601.0, -601.0])
@pytest.mark.parametrize("sent", [None, "no date"])
def test_a_date_by_a_clock_that_is_far_off_counts_as_not_there(sent: str | None, off_s: float) -> None:
    """Without a `Date` nobody can tell what it means: two hours off, it stopped the run, or was no wait at all."""
    assert parse_retry_after(date(NOW + off_s), date=sent, now=NOW) is None


@pytest.mark.parametrize("off_s", [600.0, -600.0])
def test_a_date_that_is_plausible_needs_no_date_of_the_reply(off_s: float) -> None:
    """Ten minutes ahead or gone by are believed."""
    assert parse_retry_after(date(NOW + off_s), date=None, now=NOW) == max(0.0, off_s)


def test_a_date_far_ahead_is_believed_where_the_reply_has_a_date() -> None:
    """An API that is closed for the night says so by its own clock."""
    assert parse_retry_after(date(NOW + 36_000), date=date(NOW), now=NOW - 7200) == 36_000.0
