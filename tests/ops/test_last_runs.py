"""Which time is meant, and which exit code is the worst."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import SettingsError
from importer.model.exit_codes import WORST_FIRST, ExitCode, worst_exit_code
from importer.ops.last_runs import since_time

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "ago_s"), [("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), (" 1 d ", 86_400)]
)
def test_a_span_is_meant_from_now_back(text: str, ago_s: float) -> None:
    """In minutes, hours, days or weeks."""
    assert since_time(text, NOW) == NOW - ago_s


def test_a_date_is_meant_as_the_clock_here_has_it() -> None:
    """From its midnight on; a time of day may follow, and a zone where another one is meant."""
    midnight = datetime(2026, 11, 29).astimezone()
    assert since_time("2026-11-29", NOW) == midnight.timestamp()
    assert since_time("2026-11-29 06:15", NOW) == (midnight + timedelta(hours=6, minutes=15)).timestamp()
    assert since_time("2026-11-29T06:15:00Z", NOW) == datetime.fromisoformat("2026-11-29T06:15:00+00:00").timestamp()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "24", "h", "-1d", "99999999d", "999999w", "2026-13-01", "2099-01-01"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """So is one that is not yet: nothing can have happened since."""
    with pytest.raises(SettingsError, match="--since cannot be used") as caught:
        since_time(text, NOW)
    assert "24h" in caught.value.hint


@given(st.lists(st.sampled_from(ExitCode)))
def test_the_worst_exit_code_is_one_of_them_and_no_other_is_before_it(codes: list[ExitCode]) -> None:
    """In one fixed order, which has each of them."""
    assert sorted(WORST_FIRST) == sorted(ExitCode)
    worst = worst_exit_code(codes)
    assert worst in (codes or [ExitCode.WELL])
    assert all(WORST_FIRST.index(worst) <= WORST_FIRST.index(code) for code in codes)
