"""What is imported before anything is forked: all that a program is made of, and nothing of it has run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.forking.programs import PROGRAMS

_IMPORT = """
import os, signal, sys
from tests.forking.programs import PROGRAMS
PROGRAMS[sys.argv[1]].load()
handled = [number for number in signal.valid_signals() if callable(signal.getsignal(number))]
print(len(os.listdir("/proc/self/task")), [signal.Signals(number).name for number in handled])
"""


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_importing_a_program_prints_nothing_and_begins_no_thread(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork has the one thread of whoever forks, and no handler of a signal but Python's own for Ctrl-C.

    It is started here, so that coverage knows the lines that are run when a module is imported: forks find them run.
    """
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    command = [sys.executable, "-W", "error", "-c", _IMPORT, program]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("1 ['SIGINT']\n", "")
