"""What holds for all tests."""

from __future__ import annotations

import pytest

from tests.crash.kills import Kills


def pytest_configure(config: pytest.Config) -> None:
    """Count the processes that the crash tests kill, in the process that gathers what all tests tell."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Kills())
