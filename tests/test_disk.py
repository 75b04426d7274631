"""Durable names."""

from __future__ import annotations

from pathlib import Path

from importer.disk import sync_folder


def test_a_folder_can_be_synced_or_not(tmp_path: Path) -> None:
    """A folder is made durable where that can be asked for; where it cannot, that is no error."""
    (tmp_path / "file").write_text("x")
    sync_folder(tmp_path)
    sync_folder(tmp_path / "gone")
    sync_folder(Path("/proc/self"))
