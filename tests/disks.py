"""A small disk of a test's own: a file system in memory, which only root can mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str = "4m") -> Iterator[None]:
    """Mount a file system of that size on a folder, which is made, for as long as the block runs."""
    folder.mkdir()
    if os.geteuid() != 0 or not _do("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)):
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        assert _do("umount", str(folder))


def make_read_only(folder: Path) -> None:
    """Let nothing be written any more on a disk that is mounted there."""
    assert _do("mount", "-o", "remount,ro", str(folder))


def _do(program: str, *words: str) -> bool:
    found = shutil.which(program)
    return found is not None and subprocess.run([found, *words], check=False, capture_output=True).returncode == 0
