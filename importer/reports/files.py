"""Report files that are there whole, or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from importer.disk import Access, begin_private_file, limit_readers, sync_folder
from importer.errors import ReportError

_OLD_S: Final = 3_600


@contextmanager
def replacing(path: Path, access: Access = "owner") -> Iterator[Path]:
    """Yield a temporary file beside `path`, empty; what was written there gets the name `path` if the block succeeds.

    Args:
        path: The file.
        access: Who may read it, whatever the umask, and whoever might read what was there before.

    Raises:
        ReportError: The file cannot be written. Nothing is left of it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        begin_private_file(draft, access)
        yield draft
        limit_readers(draft, access)  # whoever wrote it may have put another file there
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written: {error.strerror or error}.",
            code="report_unwritable",
            hint="Every outcome is in the journal. Make room or give the right to write there.",
        ) from error
    finally:
        with suppress(OSError):  # there may be nothing to remove, and what went wrong before says more
            draft.unlink()


def remove_old_drafts(path: Path) -> None:
    """Remove what processes that were killed have left of a file, an hour after they began it."""
    for draft in path.parent.glob(f".{path.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _OLD_S:
                draft.unlink()


def write_text(path: Path, text: str, access: Access = "owner") -> None:
    """Write a text file durably, whole or not at all; raise `ReportError` where that fails."""
    with replacing(path, access) as draft, draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
