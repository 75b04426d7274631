"""Nights to write texts for, and the programs that tests of them need."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from importer.ops.schedule.moment import Moment
from importer.ops.schedule.nightly import Nightly

PLAIN: Final = Nightly(
    name="north",
    moment=Moment(6, 15),
    program=("/opt/importer/bin/importer",),
    config=Path("/etc/importer/importer.toml"),
    profile="north",
    source=Path("/srv/exports/changes.csv"),
    words=("--skip-unchanged", "-q"),
    key_file=Path("/etc/importer/north.key"),
)
HOME: Final = "/home/Ana Ñandú"
ODD: Final = replace(
    PLAIN,
    name="changes",
    moment=Moment(22, 5, weekdays=True),
    program=(f"{HOME}/importer/.venv/bin/importer",),
    config=None,
    profile=None,
    source=Path(f"{HOME}/100 %/o'clock $HOME.csv"),
    words=("--map", 'Mail "new"=email', "-q"),
    own_words=("--api-key-file", f"{HOME}/the key"),
    key_file=Path(f"{HOME}/the key"),
)


def program(name: str) -> str:
    """Return where a program is; skip the test where there is none, but not where everything must be proved (CI)."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing; CI must have it")
        pytest.skip(f"there is no {name} here")
    return found
