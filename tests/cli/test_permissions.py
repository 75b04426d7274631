"""Folders and files that the user has no right to, in a process that has no more rights than a user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Said, person

pytestmark = pytest.mark.proof

AS_A_USER = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
"""Root may read and write everything: to be refused anything, a process must do without that."""


@pytest.fixture
def importer(api: Api, sheet: Callable[..., Path]) -> Callable[..., Said]:
    """Return a function that runs a sheet of one row without the rights of root."""
    if AS_A_USER and shutil.which("setpriv") is None:
        assert not os.environ.get("CI"), "setpriv is missing"
        pytest.skip("root without setpriv may write everywhere")
    source = sheet(person(1))

    def run(*options: object, source: Path = source) -> Said:
        command = [*AS_A_USER, sys.executable, "-m", "importer", "run", source, *api.options, "--yes", *options]
        found = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        return Said(found.returncode, found.stdout, found.stderr)

    return run


def test_the_command_works_with_a_users_rights(importer: Callable[..., Said]) -> None:
    """What the other tests refuse is refused for its own reason."""
    assert importer().code == 0


def test_a_folder_that_may_not_be_written_is_refused(importer: Callable[..., Said], api: Api, tmp_path: Path) -> None:
    """Exit 2, what to do, and nothing sent."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    said = importer("--output", locked / "out")
    assert (said.code, api.requests()) == (2, [])
    assert "Permission denied" in said.err
    assert "--output" in said.err


def test_a_source_beside_which_nothing_may_be_written_is_refused(
    importer: Callable[..., Said], api: Api, tmp_path: Path
) -> None:
    """The default folder lies beside the source; where that cannot be, the hint names the way out."""
    locked = tmp_path / "locked"
    locked.mkdir()
    source = Path(shutil.copy(tmp_path / "changes.csv", locked))
    locked.chmod(0o500)
    said = importer(source=source)
    assert (said.code, api.requests()) == (2, [])
    assert "--output" in said.err


def test_a_source_that_may_not_be_read_is_refused(importer: Callable[..., Said], api: Api, tmp_path: Path) -> None:
    """Exit 3, and why."""
    (tmp_path / "changes.csv").chmod(0o000)
    said = importer()
    assert (said.code, api.requests()) == (3, [])
    assert "Permission denied" in said.err


def test_a_state_folder_that_may_not_be_written_is_refused(
    importer: Callable[..., Said], api: Api, tmp_path: Path
) -> None:
    """Without a journal nothing is sent: exit 5, where, and the option that names another."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    said = importer("--state", locked / "state")
    assert (said.code, api.requests()) == (5, [])
    assert "--state" in said.err
