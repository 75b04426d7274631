"""What is said of the state directory, and what is seen of a real one without touching it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.ops.doctor.about_state import about_state
from importer.ops.doctor.finding import Finding
from importer.ops.doctor.folder_look import FolderLook, folder_seen, kind_of_mount
from tests.disks import make_read_only, small_disk
from tests.unchanged import unchanged

GB = 10**9
PATH = Path("/home/año b/state")
SEEN = FolderLook(
    path=PATH,
    is_there=True,
    near=PATH,
    is_folder=True,
    is_writable=True,
    is_read_only=False,
    mode=0o700,
    owner=1000,
    free_bytes=80 * GB,
    is_out_of_names=False,
    kind="ext4",
    flush_s=0.004,
    flush_fault="",
)


def said(*, journal_bytes: int = 0, **other: Any) -> tuple[Finding, Finding]:  # noqa: ANN401 - whatever a look has
    """Return what is said of a look that is another in some way: of the folder, and of a commit."""
    state, commit = about_state(replace(SEEN, **other), journal_bytes=journal_bytes, user=1000)
    return state, commit


def test_a_folder_as_a_run_makes_it_is_fine() -> None:
    """With what is free there, and what a commit costs."""
    state, commit = said()
    assert (state.grade, state.found) == ("fine", f"{PATH} (80 GB free, ext4)")
    assert (commit.grade, commit.found, commit.values["flush_ms"]) == ("fine", "a flushed page takes 4.0 ms", 4.0)


def test_a_folder_that_is_not_there_yet_is_fine() -> None:
    """The first run makes it, with the permissions that it is to have."""
    state, _ = said(is_there=False, near=Path("/home/año b"), mode=0o755, owner=0)
    assert (state.grade, state.values["mode"]) == ("fine", None)
    assert "is not there yet; the first run makes it" in state.found


@pytest.mark.parametrize(
    ("other", "grade", "words"),
    [
        ({"is_folder": False}, "wrong", "is no folder"),
        ({"is_there": False, "is_folder": False, "near": Path("/home")}, "wrong", "since /home is no folder"),
        ({"is_read_only": True, "is_writable": False, "flush_s": None}, "wrong", "read-only"),
        ({"is_writable": False, "flush_s": None}, "wrong", "cannot be written to"),
        ({"is_there": False, "is_writable": False, "near": Path("/root")}, "wrong", "cannot be made in /root"),
        ({"free_bytes": 10**7}, "wrong", "only 10 MB free"),
        ({"is_out_of_names": True}, "wrong", "no more files"),
        ({"free_bytes": 4 * 10**8}, "warning", "that is little"),
        ({"kind": "nfs4"}, "warning", "network"),
        ({"kind": "tmpfs"}, "warning", "started again"),
        ({"mode": 0o755}, "warning", "others may look into it"),
        ({"owner": 1}, "warning", "another user's"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(other: dict[str, Any], grade: str, words: str) -> None:
    """With what to do."""
    state, _ = said(**other)
    assert state.grade == grade
    assert words in state.found
    assert state.to_do


def test_room_for_the_journal_a_second_time_is_enough() -> None:
    """A new version may write its tables anew, in one transaction."""
    assert said(journal_bytes=90 * GB)[0].grade == "warning"
    assert said(journal_bytes=70 * GB)[0].grade == "fine"


@pytest.mark.parametrize(
    ("other", "grade", "words"),
    [
        ({"flush_s": 0.3}, "warning", "300 ms"),
        ({"flush_s": None}, "fine", "not measured"),
        ({"flush_s": None, "is_writable": False}, "warning", "not measured"),
        ({"flush_s": None, "flush_fault": "No space left on device"}, "wrong", "No space left on device"),
    ],
)
def test_what_a_commit_costs_is_said(other: dict[str, Any], grade: str, words: str) -> None:
    """A disk that is slow holds each run up, and one that takes nothing ends it."""
    _, commit = said(**other)
    assert commit.grade == grade
    assert words in commit.found


MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:40 / /mnt/a\\040b rw - nfs4 server:/x rw
31 27 0:41 / /mnt/a\\040b/c rw - tmpfs none rw
32 27 0:42 / /mnt/twice rw - ext4 none rw
33 32 0:43 / /mnt/twice rw master:2 - fuse.sshfs none rw
nonsense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x", "ext4"),
        ("/mnt/a b/state", "nfs4"),
        ("/mnt/a b/c", "tmpfs"),
        ("/mnt/a bc", "ext4"),
        ("/mnt/twice/x", "fuse.sshfs"),
    ],
)
def test_the_kind_of_a_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    """Of two at one place, the later one is seen."""
    assert kind_of_mount(Path(path), MOUNTS) == kind
    assert kind_of_mount(Path(path), "") == ""


def test_a_real_folder_is_looked_at_and_left_as_it_is(tmp_path: Path) -> None:
    """Even where a page is flushed there, nothing of that is to be seen."""
    folder = tmp_path / "año 1%"
    folder.mkdir(mode=0o700)
    with unchanged(folder):
        look = folder_seen(folder)
    assert (look.is_there, look.is_writable, look.mode, look.owner) == (True, True, 0o700, os.geteuid())
    assert look.flush_fault == ""
    assert look.flush_s is None or 0 < look.flush_s < 60
    assert look.free_bytes > 0


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """The nearest one that is there is looked at."""
    with unchanged(tmp_path):
        look = folder_seen(tmp_path / "a" / "b")
    assert (look.is_there, look.near) == (False, tmp_path)


def test_a_file_in_its_place_is_no_folder(tmp_path: Path) -> None:
    """Neither is one above it."""
    (tmp_path / "file").touch()
    assert not folder_seen(tmp_path / "file").is_folder
    look = folder_seen(tmp_path / "file" / "state")
    assert (look.is_there, look.is_folder) == (False, False)


def test_a_disk_that_is_read_only_or_full_is_seen(tmp_path: Path) -> None:
    """What could not be flushed is told, and the disk is as it was."""
    disk = tmp_path / "disk"
    with small_disk(disk, "64k"):
        fill = disk / "fill"
        fill.write_bytes(b"\0" * (64 << 10))
        with unchanged(disk):
            look = folder_seen(disk)
        assert (look.free_bytes, look.kind, look.flush_fault) == (0, "tmpfs", "No space left on device")
        make_read_only(disk)
        look = folder_seen(disk)
        assert (look.is_read_only, look.flush_s, look.flush_fault) == (True, None, "")
