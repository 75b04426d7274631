"""The page of a run with very many rows, in a real browser."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from importer.model.rows import Outcome
from importer.model.statuses import Status
from tests.reports.page.reviews import outcome, play

PAGES: Mapping[str, Callable[[int], Outcome]] = {
    "most confirmed": outcome,
    "each with its own 200 letters": lambda row: Outcome(
        row, Status.REJECTED, "bad_request", f"{row:08} " * 22, 400, 1
    ),
}
"""What the rows of the pages end as."""


def write(name: str, rows: int, path: Path) -> float:
    """Gather the rows of a page and write it, and return how many seconds that took."""
    played = play(rows, PAGES[name])
    started = time.perf_counter()
    played.write(path)
    return time.perf_counter() - started


def load(path: Path, times: int) -> list[float]:
    """Open a page in a new Chromium again and again, and return how many seconds it took until its rows were there.

    Raises:
        RuntimeError: There is no Chromium.
    """
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("there is no chromium here")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=options)
        try:
            return [_loaded(found.new_page(), path) for _ in range(times)]
        finally:
            found.close()


def _loaded(page: Page, path: Path) -> float:
    started = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector(".tabulator-row")
    seconds = time.perf_counter() - started
    page.close()
    return seconds
