"""Rows that are read ahead by a second process are those that one process reads, whatever happens to the second."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.corpus.test_corpus import SOURCES
from tests.proving import PARTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no second process elsewhere")

_ROOT: Final = Path(__file__).parents[2]
_EVERY: Final = 16
"""One of so many files of the corpus is tried each time, and all of them with `PROVE=all`."""


def _second_processes(folder: Path, files: Sequence[Path] = ()) -> int:
    """Return how many there were; fail where something came of one that does not come without."""
    command = [sys.executable, "-m", "tests.beside.both_ways", str(folder), *map(str, files)]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("IMPORTER_")}
    variables["OPENBLAS_NUM_THREADS"] = "1"
    process = subprocess.run(command, cwd=_ROOT, env=variables, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return int(process.stdout)


@pytest.mark.slow
def test_both_ways_find_the_same_in_tables_with_faults(tmp_path: Path) -> None:
    """Chunk by chunk: updates, issues, warnings, what the table knows at its end, or the error that ends it."""
    assert _second_processes(tmp_path) >= 30


@pytest.mark.slow
def test_both_ways_say_and_write_the_same_of_the_corpus(tmp_path: Path) -> None:
    """Of files of all kinds: the exit code, the screen, the sheet, and what the journal knows."""
    files = SOURCES[:: 1 if PARTS == 1 else _EVERY]
    assert _second_processes(tmp_path, files) >= len(files) // 2
