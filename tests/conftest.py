"""What holds for all tests."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from typing import Final

import hypothesis
import pytest
from coverage import Coverage

from tests.crash.kills import Kills

_EVERYDAY: Final = 8
"""Of cases that are alike, every so many is an everyday test."""
_MEASURE_YOURSELF: Final = "COVERAGE_PROCESS_CONFIG"
"""Where this is in the environment, a process that a test starts measures itself."""


def pytest_configure(config: pytest.Config) -> None:
    """Count the processes that the crash tests kill, in the process that gathers what all tests tell.

    In the background of a script, Ctrl-C and hanging up are ignored, and the commands that tests start would inherit
    that: how they end is theirs to show.

    An example of a property may take as long as it takes: how fast the machine is today is no part of any property,
    and what is timed is in `bench/`. The examples are the same in every run, so that what fails is a matter of the
    change that is checked; others are looked for with the profile `search` (`make prove-properties`).
    """
    hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
    hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
    if config.getoption("--hypothesis-profile") is None:
        hypothesis.settings.load_profile("house")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.environ["TZ"] = "UTC"  # times are shown as they are where they are read
    time.tzset()
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Kills())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Leave a worker to the one measurement that `no_cover` can pause.

    Others have begun in it: what every process of the tests does by itself, and what is meant for a run without
    workers. They would take over whenever that one is paused, and a long proof would be measured, and slow, all the
    same.
    """
    while hasattr(session.config, "workerinput") and (begun := Coverage.current()) is not None:
        begun.stop()


@pytest.fixture(scope="session", autouse=True)
def _parsers_are_forked() -> Iterator[None]:
    """Fork the process that parses a workbook, where a test reads one in its own process."""
    from importer.sheets.workbooks.parser import start  # noqa: PLC0415 - nothing of it before it is measured
    from tests.forking.parsers import fork_parser  # noqa: PLC0415 - the same

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(start, "start_parser", fork_parser)
        yield


@pytest.fixture(params=["requests", "curl"])
def either_wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send over each of the two wires, in this process and in those that it starts."""
    monkeypatch.setenv("IMPORTER_WIRE", request.param)
    return str(request.param)


@pytest.fixture
def parsers_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start them, as a command does, for what is about that."""
    from importer.sheets.workbooks.parser import start  # noqa: PLC0415 - the same
    from tests.forking.parsers import start_parser  # noqa: PLC0415 - the same

    monkeypatch.setattr(start, "start_parser", start_parser)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Measure what the everyday tests reach: long proofs would take several times as long, and add next to nothing.

    So would the others of many that are alike; and of these, everyday tests are the first and some of the others.
    """
    alike: Counter[str] = Counter()
    for item in items:
        if item.get_closest_marker("proof"):
            item.add_marker("no_cover")
        elif item.get_closest_marker("alike"):
            kind = item.nodeid.partition("[")[0]
            if alike[kind]:
                item.add_marker("no_cover")
            if alike[kind] % _EVERYDAY:
                item.add_marker("slow")
            alike[kind] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave the processes that a test starts without measurement, where it goes on without it itself."""
    told = os.environ.pop(_MEASURE_YOURSELF, None) if item.get_closest_marker("no_cover") else None
    try:
        return (yield)
    finally:
        if told is not None:
            os.environ[_MEASURE_YOURSELF] = told
