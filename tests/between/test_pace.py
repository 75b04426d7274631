"""Servers that limit what comes through: the pace is found out, and next to nothing is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.between.backend import CONFIRMS, serving
from tests.between.conftest import Front, Scene
from tests.between.haproxy import haproxy
from tests.between.rows import Rows
from tests.between.scene import BetweenScene, Report

pytestmark = pytest.mark.proof

WORK_S = 0.05
AUTO = ("--concurrency", "auto")


def _rows(count: int) -> Rows:
    return {f"row {number}": (CONFIRMS,) for number in range(count)}


def _refused(report: Report) -> float:
    """Return which share of the attempts was not let through; every row must have been in the end."""
    assert set(report.statuses.values()) == {"updated"}
    return 1 - len(report.rows) / int(report.summary["attempts"])


def test_a_limit_that_is_told_by_a_bare_503_is_found_out(scene: Scene, in_front: Front) -> None:
    """What says nothing of when to come back, by a 503 as of an API that is down, is no outage."""
    report = scene(_rows(50)).send(in_front("nginx")["10 a second"], *AUTO)
    assert _refused(report) <= 0.25  # far less of the many rows of a usual sheet: bench/between.py


def test_a_cap_on_connections_is_found_out(tmp_path: Path) -> None:
    """A connection too many is closed; the run is hardly slower than one that is told how many there may be."""
    (tmp_path / "haproxy").mkdir()
    with serving(latency_s=WORK_S) as backend, haproxy(tmp_path / "haproxy", backend.port) as urls:
        seconds = {}
        for concurrency in ("3", "auto"):
            scene = BetweenScene(folder=tmp_path / concurrency, backend=backend, rows=_rows(40))
            begun_at = time.monotonic()
            report = scene.send(urls["four_connections"], "--concurrency", concurrency)
            seconds[concurrency] = time.monotonic() - begun_at
            assert _refused(report) <= 0.5  # as many as were tried at once, before it was known
    assert seconds["auto"] <= 2 * seconds["3"] + 1
