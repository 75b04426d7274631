"""What holds for all tests."""

from __future__ import annotations

import signal

import pytest

from tests.crash.kills import Kills


def pytest_configure(config: pytest.Config) -> None:
    """Count the processes that the crash tests kill, in the process that gathers what all tests tell.

    In the background of a script, Ctrl-C and hanging up are ignored, and the commands that tests start would inherit
    that: how they end is theirs to show.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Kills())
