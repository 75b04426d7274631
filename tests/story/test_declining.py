"""A declined run leaves nothing, wherever its process is killed meanwhile."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from importer.journal.journal import Journal
from importer.settings import Settings
from importer.story.housekeeping import sweep
from tests.story.meddling import make_source

ROOT: Final = Path(__file__).parents[2]
_MOST: Final = 30


@pytest.mark.slow
def test_no_run_no_folder_and_no_data_stay_wherever_it_is_killed(tmp_path: Path) -> None:
    """At each change of a folder: what is there at that moment is cleared away by the next command."""
    codes: list[int] = []
    while not codes or (codes[-1] == -9 and len(codes) < _MOST):
        folder = tmp_path / str(len(codes))
        folder.mkdir()
        source = make_source(folder)
        command = [sys.executable, "-m", "tests.story.declining", str(source), str(len(codes))]
        codes.append(subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode)
        with Journal(folder / "state", wall=time.time) as journal:
            sweep(journal, Settings.load({"state_dir": folder / "state"}))
            assert list(journal.runs()) == [], len(codes)
        assert list((folder / "state" / "runs").iterdir()) == [], len(codes)
        claimed = folder / "reports"
        assert not claimed.exists() or list(claimed.iterdir()) == [], len(codes)
    assert len(codes) > 5
    assert codes[-1] == 1
