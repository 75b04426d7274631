"""Times on the page: in the zone of whoever reads it, and never the same label twice on an axis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from importer.reports.saying.review import Timing
from tests.reports.page.conftest import Desk
from tests.reports.page.reviews import Play, play, timing

pytestmark = pytest.mark.slow
LABELS = "(id) => Chart.getChart(id).data.labels.map(String)"
TICKS = "(id) => Chart.getChart(id).scales.x.ticks.map((tick) => String(tick.label))"


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _timed(first: str, span_s: float, spans: int, *, cut_s: float = 0.0) -> Play:
    """Return a run whose first request left at a time of UTC; in its middle, so much is cut out."""
    played = play(60)
    starts_s = [place * span_s + (cut_s if place >= spans / 2 else 0.0) for place in range(spans)]
    told = replace(timing(spans), first_sent_at=_at(first), span_s=span_s, starts_s=starts_s, pauses=[], cuts=[])
    assert isinstance(told, Timing)
    return replace(played, review=replace(played.review, timing=told))


AXES = [
    pytest.param(_timed("2026-11-29T04:10:03.249600", 0.1, 40), "UTC", "04:10:03.2", id="a few seconds"),
    pytest.param(_timed("2026-11-29T04:10:03.999", 0.2, 110), "UTC", "04:10:03.9", id="sub-second"),
    pytest.param(_timed("2026-11-29T04:10:03.249600", 1.0, 100), "UTC", "04:10:03", id="seconds"),
    pytest.param(_timed("2026-11-29T04:10:59.9", 60.0, 100), "UTC", "04:10", id="minutes"),
    pytest.param(_timed("2026-11-29T22:50:00", 120.0, 60), "Europe/Berlin", "23:50,2026-11-29", id="over midnight"),
    pytest.param(_timed("2026-11-29T22:50:00", 120.0, 60), "Asia/Tokyo", "07:50", id="not over midnight there"),
    pytest.param(_timed("2026-11-29T04:00:00", 7200.0, 118), "UTC", "04:00,2026-11-29", id="days"),
    pytest.param(_timed("2026-10-24T23:30:00", 120.0, 118), "Europe/Berlin", "01:30,GMT+2", id="an hour twice"),
    pytest.param(_timed("2026-03-29T00:30:00", 120.0, 60), "Europe/Berlin", "01:30,GMT+1", id="an hour not at all"),
    pytest.param(
        _timed("2026-11-29T04:10:03.25", 0.1, 40, cut_s=86400.0), "UTC", "04:10:03.2,2026-11-29", id="the next day"
    ),
    pytest.param(_timed("2026-11-29T04:10:03", 0.1, 1), "UTC", "04:10:03", id="one"),
]


@pytest.mark.parametrize(("played", "zone", "first"), AXES)
def test_no_label_of_a_time_axis_is_there_twice(
    played: Play, zone: str, first: str, desk: Desk, tmp_path: Path
) -> None:
    """However short or long a run is, and whatever clocks do in it, each label says one time."""
    with desk.open(played.write(tmp_path / "report.html"), zone=zone) as opened:
        labels: list[str] = []
        for chart in ("requests", "latency"):
            labels, ticks = (opened.page.evaluate(what, chart) for what in (LABELS, TICKS))
            assert len(set(labels)) == len(labels)
            assert len(set(ticks)) == len(ticks)
            assert labels[0] == first
        opened.page.get_by_text("The numbers of these charts").click()
        told = opened.page.locator("time[data-span]").all_inner_texts()
        assert len(set(told)) == len(labels)


@pytest.mark.parametrize(
    ("zone", "started", "sent"),
    [
        pytest.param("Europe/Berlin", "2025-11-27 23:03:14 GMT+1", "2025-11-27 23:03:14 GMT+1", id="east"),
        pytest.param("America/New_York", "2025-11-27 17:03:14 GMT-5", "2025-11-27 17:03:14 GMT-5", id="west"),
        pytest.param("Australia/Adelaide", "2025-11-28 08:33:14 GMT+10:30", "2025-11-28 08:33:14 GMT+10:30", id="half"),
        pytest.param("UTC", "2025-11-27 22:03:14 UTC", "2025-11-27 22:03:14 UTC", id="UTC"),
    ],
)
def test_times_are_those_of_the_reader(zone: str, started: str, sent: str, desk: Desk, tmp_path: Path) -> None:
    """The page says them in the zone of the computer that it is read on, and which that is; its data has UTC."""
    path = play(60).write(tmp_path / "report.html")
    with desk.open(path, zone=zone) as opened:
        about = opened.page.locator(".about")
        assert f"Times are in the time zone {zone}." in about.inner_text()
        assert about.locator("time").first.inner_text() == started
        opened.page.locator("#clear").click()
        opened.page.locator("button.open", has_text="2").first.click()
        told = opened.page.locator("dialog").inner_text()
        assert f"Sent\n{sent}" in told
        assert "Updated, as the API wrote it\n2025-11-27T22:00:02.834028Z" in told
    assert '<time datetime="2025-11-27T22:03:14.000000Z">' in path.read_text("utf-8")


def test_a_time_that_is_none_is_shown_as_it_is(desk: Desk, tmp_path: Path) -> None:
    """What the API wrote is not always a time."""
    played = play(2)
    rows = [(record, replace(one, updated_at="yesterday")) for record, one in played.rows]
    with desk.open(replace(played, rows=rows).write(tmp_path / "report.html")) as opened:
        opened.page.locator("button.open").first.click()
        expect(opened.page.locator("dialog")).to_contain_text("yesterday")
        assert "as the API wrote it" not in opened.page.locator("dialog").inner_text()


def test_the_page_has_words_that_everybody_knows(desk: Desk, tmp_path: Path) -> None:
    """No term of those who measure or program stands on it."""
    with desk.open(play(60).write(tmp_path / "report.html"), zone="Europe/Berlin") as opened:
        opened.page.get_by_text("The numbers of these charts").click()
        text = opened.page.locator("main").inner_text()
        charts = "(id) => Chart.getChart(id).data.datasets.map((one) => one.label).join()"
        text += "".join(opened.page.evaluate(charts, chart) for chart in ("requests", "latency"))
        for word in ("p50", "p95", "p99", "percentile", "logarithm", "delimiter", "attempted", "latency", "Z\n", "UTC"):
            assert word.lower() not in text.lower(), word
