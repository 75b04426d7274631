"""The program that kills a process, or lets its calls fail, at a chosen call of the system."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def strace_command() -> tuple[str, ...]:
    """Return the beginning of a command that traces another; skip the test where that cannot be done here.

    Where everything must be proved (CI=true), its absence is a failure.
    """
    found = shutil.which("strace")
    works = found is not None and subprocess.run([found, "-qq", "-o", os.devnull, "true"], check=False).returncode == 0
    if not works and os.environ.get("CI") == "true":
        pytest.fail("strace is missing, or may not trace here; CI must have it")
    if found is None or not works:
        pytest.skip("there is no strace that may trace here")
    return (found,)  # not with --seccomp-bpf: nothing is injected then
