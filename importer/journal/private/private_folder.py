"""A run's own folder: the copy of its source and the values that it sends, until it has ended; then what a retry needs.

People's names and addresses are in here and nowhere else that the importer keeps. The folder is for its owner only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.disk import sync_folder
from importer.errors import JournalError, reading_source
from importer.journal.private.kept_values import KeptValues
from importer.model.run import PastRun
from importer.model.source import STANDARD_INPUT
from importer.source_paths import expect_file

_COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """The folder of one run beside the journal."""

    path: Path

    @property
    def source(self) -> Path:
        """The run's own copy of its source."""
        return self.path / "source"

    @property
    def values(self) -> Path:
        """The SQLite file of the values to be sent."""
        return self.path / "values.sqlite"

    @property
    def kept(self) -> KeptValues:
        """What stays of them when the run has ended."""
        return KeptValues(self.path / "kept.sqlite")

    @property
    def scratch(self) -> Path:
        """The folder for what is unpacked and parsed of the source."""
        return self.path / "scratch"

    def clean_scratch(self) -> Path:
        """Make the folder for what is unpacked and parsed, without what a process that died has left in it."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(mode=0o700)
        return self.scratch

    def make(self) -> None:
        """Make the folder (mode 0700), durably."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self.path.mkdir(mode=0o700)
        sync_folder(self.path.parent)
        sync_folder(self.path.parent.parent)

    def remove(self) -> None:
        """Erase the folder, if it is there."""
        shutil.rmtree(self.path, ignore_errors=not self.path.exists())

    @property
    def has_more_than_kept(self) -> bool:
        """Whether there is something in the folder that goes when the run has ended."""
        return bool(self._going())

    def remove_all_but_kept(self) -> None:
        """Erase what is in the folder but for what stays when the run has ended, and the folder where nothing does."""
        if not self.kept.path.exists():
            self.remove()
            return
        for entry in self._going():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def _going(self) -> list[Path]:
        return [entry for entry in self.path.iterdir() if entry not in self.kept.files()]

    @property
    def is_discarded(self) -> bool:
        """Whether its run is none, though the journal could not be told: there is nothing of it in here any more."""
        return self._discarded.exists()

    @property
    def _discarded(self) -> Path:
        return self.path / "discarded"

    def discard(self) -> None:
        """Leave word that its run is none, and erase what else is in the folder, as far as that can be done now.

        The word comes first: whoever finds it after a kill knows that the rest is to go.
        """
        with suppress(OSError):  # the disk may be full until something is erased
            self._leave_word()
        with suppress(OSError):
            for entry in self.path.iterdir():
                if entry != self._discarded:
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            self._leave_word()

    def _leave_word(self) -> None:
        self.path.mkdir(mode=0o700, exist_ok=True)
        self._discarded.touch(mode=0o600)

    def drop_values(self) -> None:
        """Erase the values, and the logs that a killed process may have left of them."""
        for suffix in ("", "-wal", "-shm"):
            self.values.with_name(self.values.name + suffix).unlink(missing_ok=True)

    def take_in(self, source: Path) -> tuple[Path, str]:
        """Copy the source durably, so that nobody can change it under the run; return the copy and its SHA-256.

        Raises:
            SourceError: The source is not a file that can be read.
            OSError: The copy cannot be written.
        """
        if source != STANDARD_INPUT:
            with reading_source(str(source)):
                expect_file(source, code="source_unreadable")
        copy = self.source
        digest = hashlib.sha256()
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            for block in _blocks(source):
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        sync_folder(self.path)
        return copy, digest.hexdigest()

    def expect_whole(self, past: PastRun) -> None:
        """Make sure that it holds what it takes to go on with its run.

        Raises:
            JournalError: Something is not there any more, or is not what it was.
            OSError: It cannot be read.
        """
        if not past.kept or (past.checked and not self.values.exists()):
            raise _not_kept(past)
        if self.source.exists() and not self.holds(past.source.sha256):
            raise _altered(past, self.source)

    def holds(self, sha256: str) -> bool:
        """Return whether the copy is still what was taken in, by its digest.

        Raises:
            OSError: It cannot be read.
        """
        with self.source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _blocks(source: Path) -> Iterator[bytes]:
    """Yield the content of the source."""
    standard = source == STANDARD_INPUT
    with reading_source(str(source)), nullcontext(sys.stdin.buffer) if standard else source.open("rb") as file:
        while block := file.read(_COPY_BYTES):
            yield block


def _not_kept(past: PastRun) -> JournalError:
    # What still keeps its source counts as unfinished, and is not retried before it is forgotten.
    first = f"importer forget {past.run_id}, then " if past.kept else ""
    again = f"Send its rows again from the source: {first}importer retry {past.run_id}"
    return JournalError(
        f"Run {past.run_id} cannot be resumed: what it kept for that is not there any more.",
        code="run_not_kept",
        hint=again if past.checked else "Nothing of it was sent: begin anew, with `importer run`.",
    )


def _altered(past: PastRun, copy: Path) -> JournalError:
    again = f"importer retry {past.run_id}" if past.checked else "begin anew with `importer run`"
    nothing_sent = "" if past.checked else "Nothing of it was sent. "
    return JournalError(
        f"Run {past.run_id} cannot be resumed: its copy of the source, {copy}, is not what it was.",
        code="journal_damaged",
        hint=f"{nothing_sent}Send its rows again from the source: importer forget {past.run_id}, then {again}",
    )
