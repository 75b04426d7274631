"""A room for a real cron or a real systemd: its own mounts and processes, so that nothing of the machine is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.canaries.canaries import KEY

ROOT: Final = Path(__file__).parents[3]
GROUP: Final = "00000000-0000-4000-8000-000000000001"
_UNSHARED: Final = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_CGROUPS: Final = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))


_NOT_HERE: Final = 77


def can_make_rooms() -> bool:
    """Return whether a room can be made: that takes root, and a system that lets root do so."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    command = (*_UNSHARED, "mount", "-t", "tmpfs", "tmpfs", "/mnt")
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def expect_rooms() -> None:
    """Skip the test where no room can be made."""
    if not can_make_rooms():
        pytest.skip("this machine gives cron and systemd no mounts of their own")


def furnished(home: Path, base_url: str) -> None:
    """Fill a home: a program that is the importer, a sheet of ten rows, a key, and a profile `north`."""
    program = home / "bin" / "importer"
    program.parent.mkdir(parents=True)
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from importer.cli import main; main()"
    program.write_text(f"#!{sys.executable}\n{start}\n", "utf-8")
    program.chmod(0o755)
    (home / "exports 100%").mkdir()
    shutil.copy(ROOT / "sample_data" / "customer_changes_clean.csv", home / "exports 100%" / "o'clock.csv")
    (home / "north.key").write_text(f"{KEY}\n", "utf-8")
    (home / "north.key").chmod(0o600)
    settings = home / ".config" / "importer" / "importer.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'base_url = "{base_url}"\n[profiles.north]\ngroup_id = "{GROUP}"\nlinked_account_id = "acct-1"\n'
        f'api_key_file = "{home}/north.key"\nstate = "{home}/state/journal"\n',
        "utf-8",
    )
    settings.chmod(0o600)


def played(
    script: Path, *arguments: str, environment: Mapping[str, str], patience_s: float, in_room: bool = True
) -> str:
    """Run a script of bash, in a room of its own or right here, and return what it says; skip what it says is not here.

    Args:
        script: It ends with 77 where what it needs is not to be had here.
        arguments: What it is given.
        environment: What it finds.
        patience_s: It may take so long.
        in_room: Whether it has a room.
    """
    with _cgroup() as joins:
        before = (f'{joins}exec "$@"', "bash", *_UNSHARED) if in_room else ('exec "$@"', "bash")
        found = subprocess.run(
            ["/bin/bash", "-c", *before, "bash", "-eu", str(script), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=patience_s,
            env=environment,
        )
    if found.returncode == _NOT_HERE:
        pytest.skip(found.stderr.strip())
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@contextmanager
def _cgroup() -> Iterator[str]:
    """Yield what has a shell join a control group of its own, in which a systemd makes those of its units."""
    made = []
    for hierarchy in _CGROUPS:
        if (hierarchy / "cgroup.procs").exists():
            with suppress(OSError):
                group = hierarchy / f"importer-tests-{os.getpid()}"
                group.mkdir()
                made.append(group)
    try:
        yield "".join(f"echo $$ >{group}/cgroup.procs; " for group in made)
    finally:
        for group in made:
            for folder in (*sorted(group.rglob("*"), reverse=True), group):
                with suppress(OSError):
                    folder.rmdir()
