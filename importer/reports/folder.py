"""The folder of a run's reports: where it is, and whether it can be written, before anything is sent."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from importer.errors import SettingsError
from importer.times import compact

SUMMARY_NAME: Final = "summary.json"
_CLAIM_NAME: Final = ".run"
_MAX_STEM_BYTES: Final = 150
_HINT: Final = "Name another folder with --output, or another parent with IMPORTER_OUTPUT."


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run, made for it.

    Attributes:
        path: Absolute.
        made: The folders that were not there before, itself first, then those above it.
    """

    path: Path
    made: tuple[Path, ...]

    def discard(self) -> None:
        """Give the folder up, and remove what was made for this run and has nothing in it."""
        with suppress(OSError):
            (self.path / _CLAIM_NAME).unlink()
        for folder in self.made:
            with suppress(OSError):  # something is in it, or it is gone
                folder.rmdir()


def default_path(source: Path, *, parent: Path | None, run_id: str, started: float) -> Path:
    """Return where a run's reports go when nobody says: `<stem>-<UTC time>-<run id>`.

    Args:
        source: As it was given.
        parent: Where run folders are wanted; None for beside the source, or beside the run folder that the source
            lies in, so that runs do not nest.
        run_id: Makes the name unlike any other run's.
        started: The time in the name, in seconds since the epoch.
    """
    stem = source.stem.encode(errors="surrogateescape")[:_MAX_STEM_BYTES].decode(errors="ignore")
    beside = source.absolute().parent
    if _is_run_folder(beside):
        beside = beside.parent
    return (parent.absolute() if parent else beside) / f"{stem}-{compact(started)}-{run_id}"


def prepare(path: Path) -> RunFolder:
    """Make a run's folder and claim it, which tries to write there too.

    The claim, a hidden file, keeps another run out until the reports are written, or the folder is given up.

    Raises:
        SettingsError: It is not empty, or cannot be made or written.
    """
    path = path.absolute()
    folder = RunFolder(path, tuple(takewhile(lambda part: not os.path.lexists(part), (path, *path.parents))))
    try:
        path.mkdir(parents=True, exist_ok=True)
        _claim(path)
        occupied = any(entry.name != _CLAIM_NAME for entry in path.iterdir())
    except OSError as error:
        folder.discard()
        reason = "there is a file of that name" if isinstance(error, FileExistsError) else error.strerror
        raise SettingsError(
            f"The output folder {path} cannot be written: {reason}.", code="output_unwritable", hint=_HINT
        ) from error
    if occupied:
        folder.discard()
        raise _not_empty(path)
    return folder


def _claim(path: Path) -> None:
    """Claim a folder; of two runs that try, one succeeds, and the other leaves the claim alone."""
    try:
        os.close(os.open(path / _CLAIM_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise _not_empty(path) from error


def _not_empty(path: Path) -> SettingsError:
    return SettingsError(
        f"The output folder {path} is not empty.",
        code="output_not_empty",
        hint="Reports of another run are never overwritten: name a folder that is empty or not there yet.",
    )


def _is_run_folder(folder: Path) -> bool:
    """Return whether a folder holds the reports of a run."""
    try:
        found = json.loads((folder / SUMMARY_NAME).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "run_id" in found
