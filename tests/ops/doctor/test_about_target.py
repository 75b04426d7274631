"""What is said of the target, by what was seen on the way there."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.delivery.wire.probe import Obstacle, WayLook
from importer.ops.doctor.about_target import about_target
from importer.ops.doctor.finding import Finding, Grade

URL = "https://api.example.com"
NOW = 1_800_000_000.0
DAY = 86_400.0
SEEN = WayLook(
    trusted="/venv/certifi/cacert.pem",
    is_encrypted=True,
    tls="TLSv1.3",
    not_before=NOW - 30 * DAY,
    not_after=NOW + 60.5 * DAY,
    status=404,
    date=formatdate(NOW, usegmt=True),
    asked_at=NOW,
    took_s=0.084,
)


def said(probe: WayLook, url: str = URL, soon_days: float = 30.0) -> dict[str, Finding]:
    """Return what is said, by name."""
    return {finding.name: finding for finding in about_target(url, probe, soon_days=soon_days)}


def test_a_target_that_answers_is_fine_whatever_it_answers() -> None:
    """What HEAD on the base URL means, nobody has documented."""
    found = said(SEEN)
    assert {finding.grade for finding in found.values()} == {Grade.FINE}
    assert found["target"].found == f"{URL}: answers in 84 ms over TLS 1.3"
    assert found["certificate"].found == "trusted, and valid for 60 more days, until 2027-03-16"
    assert found["certificate"].values["days_left"] == 60.5
    assert found["clock"].values["skew_s"] == 0


def test_a_proxy_is_named() -> None:
    """Whoever looks for what is in the way has to know of it."""
    assert "through the proxy proxy.example:3128" in said(replace(SEEN, proxy="proxy.example:3128"))["target"].found


@pytest.mark.parametrize(
    ("status", "grade"), [(200, "fine"), (405, "fine"), (501, "fine"), (407, "wrong"), (503, "warning")]
)
def test_an_answer_that_says_that_the_api_is_down_is_a_warning(status: int, grade: str) -> None:
    """It may be up again tonight; a proxy that wants to know who asks will want it then, too."""
    assert said(replace(SEEN, status=status))["target"].grade == grade


@pytest.mark.parametrize(
    ("left_days", "lasts_days", "grade"),
    [
        pytest.param(30.5, 365, "fine", id="thirty days left"),
        pytest.param(29.5, 365, "warning", id="fewer than thirty"),
        pytest.param(3.5, 365, "warning", id="a few days"),
        pytest.param(2.5, 365, "wrong", id="hardly any"),
        pytest.param(20, 45, "fine", id="twenty of forty-five, renewed late"),
        pytest.param(14, 45, "warning", id="fourteen of forty-five"),
        pytest.param(2.5, 6, "fine", id="two of six"),
        pytest.param(1.5, 6, "warning", id="one of six"),
        pytest.param(0.5, 6, "wrong", id="half a day of six"),
    ],
)
def test_a_certificate_that_runs_out_is_told_in_time(left_days: float, lasts_days: float, grade: str) -> None:
    """One that is made for a few days is renewed later than one that is made for a year."""
    ends = NOW + left_days * DAY
    found = said(replace(SEEN, not_after=ends, not_before=ends - lasts_days * DAY))["certificate"]
    assert found.grade == grade
    assert bool(found.to_do) is (grade != "fine")


def test_how_soon_is_soon_can_be_said() -> None:
    """Some companies need longer to renew one."""
    assert said(replace(SEEN, not_before=None), soon_days=61)["certificate"].grade == "warning"
    assert said(replace(SEEN, not_before=None), soon_days=60)["certificate"].grade == "fine"


@pytest.mark.parametrize("obstacle", Obstacle)
def test_whatever_is_in_the_way_is_wrong_and_says_what_to_do(obstacle: Obstacle) -> None:
    """And no clock and no certificate is called fine that nobody has seen."""
    probe = WayLook(obstacle=obstacle, is_encrypted=True, trusted="/etc/own.pem", reason="a reason")
    found = said(probe)
    assert found["target"].grade == "wrong"
    assert found["target"].to_do
    assert found["certificate"].grade != "fine"
    assert found["clock"].grade == "warning"
    assert said(probe, "http://127.0.0.1:1")["target"].found.startswith("http://127.0.0.1:1, on this machine")


def test_the_embedded_api_is_told_as_this_machine() -> None:
    """Plain http goes nowhere else."""
    found = said(replace(SEEN, is_encrypted=False, tls="", not_after=None), "http://localhost:8765")
    assert found["target"].found.startswith("http://localhost:8765, on this machine, without TLS: answers")
    assert (found["certificate"].grade, found["certificate"].values["days_left"]) == ("fine", None)


@pytest.mark.parametrize(
    ("ahead_s", "grade"),
    [(0, "fine"), (59, "fine"), (-58, "fine"), (62, "warning"), (-62, "warning"), (602, "wrong"), (-603, "wrong")],
)
def test_a_clock_that_is_not_that_of_the_api_is_told(ahead_s: int, grade: str) -> None:
    """A minute is unwise, ten are wrong: tokens, certificates and times of rows go by it."""
    found = said(replace(SEEN, date=formatdate(NOW + ahead_s, usegmt=True)))["clock"]
    assert found.grade == grade
    if grade != "fine":
        assert ("behind" if ahead_s > 0 else "ahead of") in found.found


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Dec 2026 12:00:00 GMT"])
def test_an_api_that_does_not_say_the_time_leaves_it_unknown(date: str) -> None:
    """What nobody knows is not fine."""
    found = said(replace(SEEN, date=date))["clock"]
    assert (found.grade, found.values["skew_s"]) == ("warning", None)


@given(st.floats(0, 5), st.floats(0, 10), st.floats(0, 10), st.integers(0, 1000))
def test_a_clock_that_is_right_is_never_blamed(fraction: float, there_s: float, back_s: float, age_s: int) -> None:
    """However long the question and the answer are under way, and however old a kept answer is."""
    at = NOW + fraction
    probe = replace(
        SEEN, asked_at=at, took_s=there_s + back_s, date=formatdate(int(at + there_s) - age_s, usegmt=True), age_s=age_s
    )
    assert said(probe)["clock"].values["skew_s"] == 0
