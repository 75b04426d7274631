"""How many processes were killed over a whole run of the tests, in however many processes these run."""

from __future__ import annotations

from typing import Final

import pytest

from tests.crash.points import HOW_MANY

KILLS: Final = "kills"
"""The property under which a test tells how many processes it has killed."""


class Kills:
    """Adds up what the tests tell, and fails the run where all were there and there are too few kills."""

    def __init__(self) -> None:
        self._killed = 0
        self._tests = 0

    @property
    def too_few(self) -> bool:
        """Whether every test has killed something, and still fewer kills were made than asked for."""
        return self._tests >= HOW_MANY > self._killed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a test tells."""
        found = [int(str(value)) for name, value in report.user_properties if name == KILLS]
        if report.when == "call" and found:
            self._tests += 1
            self._killed += sum(found)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many it were, if any of these tests ran."""
        if self._tests:
            terminalreporter.write_line(f"killed {self._killed} processes in {self._tests} tests, {HOW_MANY} asked for")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail where there are too few."""
        if self.too_few:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
