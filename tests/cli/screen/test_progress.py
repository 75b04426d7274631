"""What is shown while a run goes on where there is no terminal, and the sentence at its end."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from importer.cli.screen.progress import Show
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import Summary, Target
from importer.model.source import SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.story.order import Plan


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_there_is_a_line_at_most_every_30_seconds() -> None:
    """However often rows get their outcome, and where none does, a log of cron says how far the run is."""
    stream, clock = io.StringIO(), Clock()
    show = Show(stream=stream, quiet=False, clock=clock)
    summary = _summary({Status.NOT_SENT: 990})
    show.plan(Plan("id", Path("/out"), summary.source, summary.target, summary.statuses, 990), sending=True)
    for second in range(1, 100):
        clock.now = float(second)
        show.settled([Outcome(second, Status.UPDATED)] * 10)
    for second in range(100, 131):
        clock.now = float(second)
        show.settled([])
    assert stream.getvalue().splitlines() == [
        "Checked 990 rows: 0 invalid, 990 to send",
        "Sending to https://x, group as the rows say, account as the rows say",
        "Sent 300 of 990: 300 updated",
        "Sent 600 of 990: 600 updated",
        "Sent 900 of 990: 900 updated",
        "Sent 990 of 990: 990 updated",
    ]


def test_the_checking_of_a_long_file_is_shown_too() -> None:
    """The first half of a minute is silent, then there is a sign of life."""
    stream, clock = io.StringIO(), Clock()
    show = Show(stream=stream, quiet=False, clock=clock)
    show.read(5000)
    clock.now = 31.0
    show.read(5000)
    assert stream.getvalue() == "Checked 10,000 rows\n"


def _summary(counts: Mapping[Status, int], mode: Mode = Mode.RUN, stop: StopReason | None = None) -> Summary:
    statuses = dict.fromkeys(Status, 0) | dict(counts)
    source = SourceInfo("/changes.csv", None, "0" * 64, sum(counts.values()))
    return Summary("id", "1", mode, 0, stop, "", "", 75.4, source, Target("https://x"), statuses, 3)


@pytest.mark.parametrize(
    ("counts", "mode", "sentence"),
    [
        ({}, Mode.RUN, "The sheet has no rows."),
        ({Status.UPDATED: 1}, Mode.RUN, "The one row is confirmed."),
        ({Status.UPDATED: 1, Status.DUPLICATE: 1}, Mode.RUN, "All 2 rows are confirmed."),
        (
            {Status.UPDATED: 1180, Status.FAILED: 24},
            Mode.RUN,
            "1,180 of 1,204 rows are confirmed. 24 need another try.",
        ),
        ({Status.UPDATED: 1, Status.INVALID: 1}, Mode.RUN, "1 of 2 rows is confirmed. 1 needs fixing."),
        (
            {Status.NOT_SENT: 2, Status.INVALID: 1},
            Mode.CHECK,
            "2 of 3 rows are valid. 1 needs fixing. Nothing was sent.",
        ),
        ({Status.NOT_SENT: 2}, Mode.DRY_RUN, "All 2 rows are valid. Nothing was sent."),
        ({Status.NOT_SENT: 1}, Mode.CHECK, "The one row is valid. Nothing was sent."),
    ],
)
def test_the_run_in_one_sentence(
    counts: Mapping[Status, int], mode: Mode, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict reads as a sentence, whatever the numbers."""
    Show(stream=io.StringIO(), quiet=False, clock=Clock()).result(_summary(counts, mode), brief=True)
    assert capsys.readouterr().out.splitlines()[:2] == [sentence, "3 requests were attempted, in 1 min 15 s."]


def test_why_a_run_stopped_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that ended early says so at its end."""
    show = Show(stream=io.StringIO(), quiet=False, clock=Clock())
    show.result(_summary({Status.NOT_SENT: 3}, stop=StopReason.KEY_REFUSED), brief=False)
    assert "The run stopped early: the API refused the key." in capsys.readouterr().out
