"""Every trap that the documents list is held shut by a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent


def test_each_trap_has_a_test_that_names_it() -> None:
    """The table and the docstrings of the tests name the same traps."""
    table = (_HERE.parent / "docs" / "traps.md").read_text("utf-8")
    listed = set(re.findall(r"^\| (\d+) \|", table, re.MULTILINE))
    named = {
        number
        for path in _HERE.rglob("test_*.py")
        for number in re.findall(r'^    """Trap (\d+)', path.read_text("utf-8"), re.MULTILINE)
    }
    assert listed == named
    assert listed >= {"1", "2", "3", "4", "5", "13", "14"}
