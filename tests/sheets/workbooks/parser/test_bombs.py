"""Any file of at most a megabyte is refused or read within 2 s and 300 MB above the command's own start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.sheets.workbooks.parser.bombs import BOMBS
from tests.sheets.workbooks.parser.pace import slowness

pytestmark = pytest.mark.proof

_READ: Final = frozenset(
    {
        *("lying-count", "spaces-within-the-ratio", "many-short-rows", "blank-rows", "entries"),
        *("html-styles", "html-selectors"),
    }
)
_MOST_SECONDS: Final = 3.5
"""Of the processor's time; twice the limit of the parser where the machine is busy, and rows that are rows.

So on a usual machine: one that is slower has as much more time as it is slower, found out just before.
"""


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_trap_18_a_bomb_is_refused_or_read_in_little_time_and_memory(tmp_path: Path, name: str) -> None:
    """Trap 18: it is measured in a program of its own."""
    path = BOMBS[name](tmp_path / "bomb")
    assert path.stat().st_size <= 2 * 1024**2
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.sheets.workbooks.parser.measured", path, str(slowness())],
        capture_output=True,
        check=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    if name in _READ:
        assert found["outcome"] == "read"
    else:
        assert found["outcome"] in {"workbook_too_large", "damaged_workbook", "unknown_format"}
    assert found["seconds"] < _MOST_SECONDS * slowness()
    assert found["own_mb"] + found["parser_mb"] < 330  # 30 of them are what any Python has at its start
