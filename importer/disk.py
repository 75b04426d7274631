"""What the file system has to be asked for, so that what was written is still there after a power cut."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


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
