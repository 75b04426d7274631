"""What is shown while a run goes on where there is no terminal, and the sentence at its end."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from pathlib import Path

import pyte
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


class Terminal(io.StringIO):
    """A stream that says to be a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def _sending(stream: io.StringIO, clock: Clock, **options: bool) -> Show:
    show = Show(stream=stream, quiet=options.get("quiet", False), clock=clock, wall=lambda: 1_700_000_000.0)
    summary = _summary({Status.NOT_SENT: 990})
    plan = Plan("id", Path("/out"), summary.source, summary.target, summary.statuses, 990, timeout_s=30.0)
    show.plan(plan, sending=True)
    show.sending()
    return show


def _at(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(1_700_000_000.0 + seconds))


def _last_frame(stream: io.StringIO) -> str:
    """Return what a bar says last, and what is below it."""
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()).replace("\r", "\n")
    return " ".join(shown[shown.rindex("/990") :].split())


def test_what_is_waited_for_is_said_on_the_bar_as_long_as_it_is() -> None:
    """With its end, once that is known, and with what happens then; once the API is there again, it is gone."""
    stream, clock = Terminal(), Clock()
    with _sending(stream, clock) as show:
        frames = []
        for why, seconds in (("The API's host refused", None), ("The API's host refused", 60.0), ("", None)):
            show.silent(why, seconds)
            frames.append(_last_frame(stream))
    assert frames[0].endswith("No answer from https://x yet: the API's host refused. Trying again.")
    assert f"refused. It is tried again until {_at(60)} UTC; then the run stops" in frames[1]
    assert "answer" not in frames[2]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_that_a_signal_stops_the_run_is_not_written_over(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands below the bar, whole, however often that is drawn anew, in place of what is waited for."""
    monkeypatch.setenv("COLUMNS", str(columns))
    stream, clock, told = Terminal(), Clock(), "Stopping: nothing new is sent, what is in flight is waited for."
    show = _sending(stream, clock)
    show.silent("The API's host refused", 60.0)
    assert show.stopping(told)
    for second in range(1, 4):
        clock.now = float(second)
        show.settled([Outcome(second, Status.UPDATED)])
    show.end_bar()
    assert not show.stopping(told)
    screen = pyte.Screen(columns, 40)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    shown = " ".join(" ".join(screen.display).split())
    assert shown.endswith(f"3 updated {told}")


def test_a_bar_is_never_wider_than_a_window_that_was_made_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that the terminal breaks would be left behind at each refresh, and break inside a word."""
    monkeypatch.setenv("COLUMNS", "100")
    stream, clock = Terminal(), Clock()
    with _sending(stream, clock) as show:
        show.settled([Outcome(1, Status.UPDATED)])
        before = stream.tell()
        monkeypatch.setenv("COLUMNS", "40")
        for row in range(2, 5):
            show.settled([Outcome(row, Status.UPDATED)])
            assert show.stopping("Stopping: nothing new is sent, what is in flight is waited for.")
        since = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()[before:])
    lines = re.split(r"[\r\n]+", since)
    assert any("/990" in line for line in lines)
    assert max(map(len, lines)) <= 40


def test_what_was_waited_for_is_gone_with_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays on the screen does not say that something is still tried, or can be stopped."""
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    show = _sending(stream, Clock())
    show.silent("The API's host refused", 60.0)
    show.settled([Outcome(2, Status.NOT_SENT)])
    show.end_bar()
    screen = pyte.Screen(80, 40)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    assert " ".join(" ".join(screen.display).split()).endswith("1 not_sent")


def test_what_is_waited_for_is_a_line_when_it_begins_and_one_when_it_ends() -> None:
    """Where there is no terminal; the first says until when."""
    stream, clock = io.StringIO(), Clock()
    with _sending(stream, clock) as show:
        show.silent("The API's host refused", None)
        show.silent("The API's host refused", 60.0)
        show.silent("", None)
        show.silent("The API's host refused", None)
        show.silent("", None)
    waiting = f"It is tried again until {_at(60)} UTC (1 min 0 s from now); then the run stops, and what to do"
    assert [line for line in stream.getvalue().splitlines() if "answer" in line] == [
        f"No answer from https://x: the API's host refused. {waiting} next is said. Ctrl-C stops it now.",
        "https://x answers again.",
    ]


def test_a_wait_that_the_api_has_asked_for_stands_below_the_bar_until_it_is_over() -> None:
    """What is waited for, until when, and what happens then; answers that come meanwhile do not take it away."""
    stream, clock = Terminal(), Clock()
    with _sending(stream, clock) as show:
        show.asked_to_wait("The API asks to wait (HTTP 429)", 60.0)
        show.settled([Outcome(2, Status.UPDATED)])
        show.settled([Outcome(3, Status.UPDATED)])
        frame = _last_frame(stream)
        show.asked_to_wait("", 0.0)
        assert "wait" not in _last_frame(stream)
    assert frame.endswith(
        "Waiting for https://x. The API asks to wait (HTTP 429): nothing is sent"
        f" until {_at(60)} UTC; then it goes on by itself. Ctrl-C stops it now."
    )


def test_waits_that_the_api_has_asked_for_are_a_line_at_most_every_30_seconds() -> None:
    """Where there is no terminal: an API that lets so many through in a minute asks for one each minute."""
    stream, clock = io.StringIO(), Clock()
    show = _sending(stream, clock)
    for second in (0, 10, 20, 31, 50):
        clock.now = float(second)
        show.asked_to_wait("The API asks to slow down (HTTP 429)", 5.0)
        show.asked_to_wait("", 0.0)
    assert stream.getvalue().count("asks to slow down") == 2
    _sending(quiet := io.StringIO(), clock, quiet=True).asked_to_wait("The API asks to slow down (HTTP 429)", 5.0)
    assert quiet.getvalue() == ""


def test_what_should_have_come_by_now_is_waited_for_no_longer_than_that() -> None:
    """A process that was stopped for a while says so late."""
    stream, clock = io.StringIO(), Clock()
    show = _sending(stream, clock)
    clock.now = 90.0
    show.settled([])
    assert " UTC (0 s from now)." in stream.getvalue()


def test_a_first_answer_that_does_not_come_is_said_once() -> None:
    """After five seconds, with the end of the first request; where there is an answer, nothing is said."""
    stream, clock = io.StringIO(), Clock()
    show = _sending(stream, clock)
    for second in range(1, 20):
        clock.now = float(second)
        show.settled([])
    waiting = [line for line in stream.getvalue().splitlines() if "Waiting" in line]
    assert waiting == [
        f"Waiting for a first answer from https://x, which may take until {_at(25)} UTC (25 s from now)."
    ]
    stream, clock = io.StringIO(), Clock()
    show = _sending(stream, clock)
    show.settled([Outcome(2, Status.UPDATED)])
    clock.now = 20.0
    show.settled([])
    assert "Waiting" not in stream.getvalue()


def test_what_is_not_waited_for_is_said_without_progress_too() -> None:
    """The run stops over it: whoever is there should know what to correct."""
    stream, clock = io.StringIO(), Clock()
    _sending(stream, clock, quiet=True).silent("The API's host name could not be resolved", 0.0)
    assert stream.getvalue() == (
        "No answer from https://x: the API's host name could not be resolved. That is not waited for where somebody is"
        " there to correct the address (--base-url), or the network.\n"
    )


def test_who_wants_no_progress_is_not_told_of_silence() -> None:
    """It is progress, as the bar is."""
    stream, clock = io.StringIO(), Clock()
    show = _sending(stream, clock, quiet=True)
    show.silent("The API failed (HTTP 503)", 60.0)
    clock.now = 20.0
    show.settled([])
    assert stream.getvalue() == ""


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
            {Status.VALID: 2, Status.INVALID: 1},
            Mode.CHECK,
            "2 of 3 rows are valid. 1 needs fixing. Nothing was sent.",
        ),
        ({Status.VALID: 2}, Mode.DRY_RUN, "All 2 rows are valid. Nothing was sent."),
        ({Status.VALID: 1}, Mode.CHECK, "The one row is valid. Nothing was sent."),
    ],
)
def test_the_run_in_one_sentence(
    counts: Mapping[Status, int], mode: Mode, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict reads as a sentence, whatever the numbers; what it took comes last."""
    Show(stream=io.StringIO(), quiet=False, clock=Clock()).result(_summary(counts, mode), (), full=False)
    _, verdict, *_, took = capsys.readouterr().out.splitlines()
    assert (verdict, took) == (sentence, "It took 3 requests and 1 min 15 s.")


def test_why_a_run_stopped_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that ended early says so at its end."""
    show = Show(stream=io.StringIO(), quiet=False, clock=Clock())
    show.result(_summary({Status.NOT_SENT: 3}, stop=StopReason.KEY_REFUSED), (), full=False)
    assert "The run stopped early: the API refused the key." in capsys.readouterr().out
