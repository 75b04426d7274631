"""Waiting for what an engine brings, and for whatever else comes about by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import pytest

from importer.delivery.wire.attempts import Engine, Reply

LATEST_S: Final = 10.0
"""It must have come by then, on however busy a machine."""


def replies(of: Engine, count: int) -> list[Reply]:
    """Return so many replies, as soon as they are there."""
    found: list[Reply] = []
    ends = time.monotonic() + LATEST_S
    while len(found) < count and time.monotonic() < ends:
        found += of.poll(0.2)
    return found


def until(condition: Callable[[], bool], running: Engine | None = None) -> None:
    """Wait until something is so, while an engine that is under way is asked for replies: nothing has one by then."""
    ends = time.monotonic() + LATEST_S
    while not condition():
        if time.monotonic() > ends:
            pytest.fail("it never came to that")
        if running is None:
            time.sleep(0.005)
        else:
            assert running.poll(0.005) == []
