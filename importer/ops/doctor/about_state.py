"""The state directory: whether a run can work there, and what a commit costs."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from typing import Final

from importer.ops.doctor.finding import Finding, Value, fine, warning, wrong
from importer.ops.doctor.folder_look import FolderLook
from importer.reports.saying.figures import latency

_MIB: Final = 1 << 20
_LEAST_ROOM: Final = 64 * _MIB
"""With less, a run of a usual sheet would not come to its end: its copy, its values, its log."""
_ENOUGH_ROOM: Final = 512 * _MIB
_SLOW_S: Final = 0.25
"""A run commits several times a second; with commits so slow, the disk is what it waits for."""
_OF_NETWORKS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs"}
    | {"fuse.rclone", "lustre", "afs", "fuse.davfs2", "davfs"}
)
_OF_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_ELSEWHERE: Final = "or name another state directory with --state"


def about_state(look: FolderLook, *, journal_bytes: int, user: int) -> Iterator[Finding]:
    """Yield what is to be said of the state directory, and of a commit there.

    Args:
        look: What was seen of it.
        journal_bytes: The size of the journal, with its log.
        user: The number of this user.
    """
    yield _state(look, journal_bytes, user)
    yield _commit(look)


def _state(look: FolderLook, journal_bytes: int, user: int) -> Finding:
    values: dict[str, Value] = {
        "path": str(look.path),
        "is_there": look.is_there,
        "file_system": look.kind or None,
        "free_bytes": look.free_bytes,
        "mode": f"{look.mode:04o}" if look.is_there else None,
    }
    room = f"{told_bytes(look.free_bytes)} free{f', {look.kind}' if look.kind else ''}"
    where = str(look.path) if look.is_there else f"{look.path} is not there yet; the first run makes it"
    found = f"{where} ({room})"
    fault, to_do = _fault(look)
    if fault:
        return wrong("state", f"{look.path} {fault}", to_do, **values)
    if look.free_bytes < _LEAST_ROOM or look.is_out_of_names:
        what = "no more files can be made there" if look.is_out_of_names else f"only {room}"
        return wrong("state", f"{look.path}: {what}", f"Make room on its disk, {_ELSEWHERE}.", **values)
    unwise, to_do = _unwise(look, journal_bytes, user)
    return warning("state", f"{found}: {unwise}", to_do, **values) if unwise else fine("state", found, **values)


def _fault(look: FolderLook) -> tuple[str, str]:
    """Return why no run can work there, and what to do; "" where one can."""
    named = f"See that you may write there, {_ELSEWHERE}."
    if not look.is_folder:
        return ("is no folder" if look.is_there else f"cannot be made, since {look.near} is no folder"), named
    if look.is_read_only:
        return "is on a file system that is read-only", f"Have it mounted so that it can be written to, {_ELSEWHERE}."
    if not look.is_writable:
        return ("cannot be written to" if look.is_there else f"cannot be made in {look.near}"), named
    return "", ""


def _unwise(look: FolderLook, journal_bytes: int, user: int) -> tuple[str, str]:
    """Return what is unwise about it, and what to do; "" for nothing."""
    if look.kind in _OF_NETWORKS:
        return (
            "a file system of the network, where SQLite's locks and its log are not safe",
            "Name a state directory on a disk of this machine with --state.",
        )
    if look.kind in _OF_MEMORY:
        return "what is in it is gone when the machine is started again", "Name one on a disk with --state."
    if look.is_there and look.mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "others may look into it", f"`chmod 700 {shlex.quote(str(look.path))}`."
    if look.is_there and look.owner != user:
        return (
            "it is another user's",
            "Look as the user as whom runs begin: what root makes there, that user cannot use.",
        )
    if look.free_bytes < max(_ENOUGH_ROOM, journal_bytes):
        return (
            "that is little: a new version may write the journal anew before the old one goes",
            f"Make room on its disk, {_ELSEWHERE}.",
        )
    return "", ""


def _commit(look: FolderLook) -> Finding:
    if look.flush_fault:
        return wrong(
            "commit", f"a page could not be flushed: {look.flush_fault}", f"See that the disk has room, {_ELSEWHERE}."
        )
    if look.flush_s is None:
        can_write = look.is_folder and look.is_writable and not look.is_read_only
        if can_write:
            return fine("commit", "not measured: this file system has no files without a name", flush_ms=None)
        return warning("commit", "not measured: nothing can be written there", flush_ms=None)
    took, value = latency(look.flush_s), round(look.flush_s * 1000, 3)
    if look.flush_s > _SLOW_S:
        return warning(
            "commit",
            f"a flushed page takes {took}",
            f"The disk is slow or busy: a run waits for it. {_FASTER}",
            flush_ms=value,
        )
    return fine("commit", f"a flushed page takes {took}", flush_ms=value)


_FASTER: Final = "Name a state directory on a faster one with --state, if it stays so."


def told_bytes(size: int) -> str:
    """Return a size as people read it.

    Example: `told_bytes(1_500_000_000)` is `"1.5 GB"`.
    """
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
