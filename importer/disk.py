"""What the file system has to be asked for: that what was written survives a power cut, and who may read it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

Access = Literal["owner", "group"]
"""Who may read what is written: whoever writes it, or their group too. Nobody else ever may."""

_FILE_MODES: Final[dict[Access, int]] = {"owner": 0o600, "group": 0o640}
_GROUP_MAY_ENTER: Final = 0o050


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, as far as its file system can.

    Some file systems have no such request, and some folders may be written but not be opened; neither takes anything
    away from the files in them, so it is no error.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_private_folder(folder: Path) -> None:
    """Make a folder that nobody but its owner may enter, whatever the umask; one that is there is left as it is.

    Where the file system has no modes, that is no error; one that inherits a group still does.

    Raises:
        OSError: It cannot be made, or something else has its name.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        _set_mode(folder, stat.S_IMODE(folder.stat().st_mode) & ~0o777 | 0o700)


def begin_private_file(path: Path, access: Access) -> None:
    """Make an empty file that only those may read who are to, before anything is in it; what has its name goes.

    Raises:
        OSError: It cannot be made.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    limit_readers(path, access)


def limit_readers(path: Path, access: Access) -> None:
    """Let only those read a file who are to, as far as its file system has modes, whatever the umask."""
    _set_mode(path, _FILE_MODES[access])


def let_group_enter(folder: Path) -> None:
    """Let the group into a folder, as far as its file system has modes; nobody is kept out of it."""
    with suppress(OSError):
        _set_mode(folder, stat.S_IMODE(folder.stat().st_mode) | _GROUP_MAY_ENTER)


def _set_mode(path: Path, mode: int) -> None:
    with suppress(OSError):  # there are no modes, or it is somebody else's
        path.chmod(mode)
