"""Durable names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from importer.disk import sync_folder


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> dict[Path, bool]:
    """Return what the system is asked to make durable, and whether it did."""
    found: dict[Path, bool] = {}
    really = os.fsync

    def sync(descriptor: int) -> None:
        folder = Path(f"/proc/self/fd/{descriptor}").resolve()
        found[folder] = False
        really(descriptor)
        found[folder] = True

    monkeypatch.setattr(os, "fsync", sync)
    return found


def test_a_folder_is_made_durable(tmp_path: Path, synced: dict[Path, bool]) -> None:
    """The folder itself is what the system is asked for: that is where the names are."""
    (tmp_path / "file").write_text("x")
    sync_folder(tmp_path)
    assert synced == {tmp_path: True}


def test_a_folder_that_cannot_be_made_durable_is_no_error(tmp_path: Path, synced: dict[Path, bool]) -> None:
    """One that is not there is not asked for, and one whose file system refuses is let be."""
    sync_folder(tmp_path / "gone")
    assert synced == {}
    sync_folder(Path("/proc/self"))
    assert synced == {Path("/proc/self").resolve(): False}
