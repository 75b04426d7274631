"""Backups of the journal: whole, at one moment, and made while runs go on."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.disk import begin_private_file, limit_readers, sync_folder
from importer.errors import JournalError, SettingsError
from importer.journal.database import atomic, connect, explained
from importer.journal.generations import NOTE_BACKUP

_OLD_S: Final = 3_600
_DAMAGES: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _go_on(left: int) -> None:
    """Do nothing between two steps."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is to be made.

    Attributes:
        journal: The journal's file.
        digest_key: The file of the key of its digests.
        file: The backup; the key goes into a file beside it.
        with_key: The key is to be there, too.
        pages: So many are copied in one step.
        after_step: Is called after each, with how many pages are left; a signal is heeded then, too.
    """

    journal: Path
    digest_key: Path
    file: Path
    with_key: bool = True
    pages: int = 256
    after_step: Callable[[int], None] = _go_on

    @property
    def key_file(self) -> Path:
        """Where the key goes."""
        return self.file.with_name(f"{self.file.name}.key")

    def expect_room(self, *, force: bool) -> None:
        """Make sure that the backup may be written where it is to be.

        Args:
            force: What is there already is to be replaced.

        Raises:
            SettingsError: It may not.
        """
        if not self.file.parent.is_dir() or self.file.is_dir():
            reason = "that is a folder" if self.file.is_dir() else "there is no such folder"
            raise _wrong(
                f"The backup cannot be written to {self.file}: {reason}.", "Name a file in a folder that is there."
            )
        if self.file.parent.resolve().is_relative_to(self.journal.parent.resolve()):
            raise _wrong(
                f"The backup cannot be written to {self.file}: that is in the state directory itself.",
                "Name a file elsewhere, best on another disk.",
            )
        taken = [path for path in self._files if os.path.lexists(path) and not self._is_this_key(path)]
        if taken and not force:
            raise _wrong(
                f"There is a file {taken[0]} already.",
                "Name another one, or let it be replaced with --force.",
                code="backup_exists",
            )

    def make(self, now: str) -> int:
        """Make the backup, durably, and return how many bytes it has. An older one is replaced once it is whole.

        All of it is read at one moment of the journal, from its log where that has gone on: nobody waits for it, and
        nobody's commits let it begin again. It knows that it is a backup: put back, it is taken for older than what was
        done since, whether or not anything tells of that.

        Args:
            now: The time, RFC 3339.

        Raises:
            JournalError: The journal cannot be read or is damaged, or the backup cannot be written. Nothing is left.
        """
        with ExitStack() as whole:
            if self.with_key:
                with explained(self.digest_key):
                    key = self.digest_key.read_bytes()
                whole.enter_context(self._drafted(self.key_file)).write_bytes(key)
            with (
                self._drafted(self.file) as draft,
                closing(connect(self.journal)) as source,
                closing(sqlite3.connect(draft, isolation_level=None)) as copy,
            ):
                self._copy(source, copy)
                _seal(copy, now)
                _expect_whole(copy, source, self.journal)
        return self.file.stat().st_size

    def _copy(self, source: sqlite3.Connection, copy: sqlite3.Connection) -> None:
        """Copy the journal as it is now; a read transaction keeps that moment as long as it takes."""
        copy.execute("PRAGMA synchronous = OFF")  # it is flushed once, at the end
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(copy, pages=self.pages, progress=lambda _, left, __: self.after_step(left), sleep=0.0)

    @property
    def _files(self) -> tuple[Path, ...]:
        return (self.file, self.key_file) if self.with_key else (self.file,)

    def _is_this_key(self, path: Path) -> bool:
        """Return whether this very key is in its place already."""
        with suppress(OSError):
            return path == self.key_file and path.read_bytes() == self.digest_key.read_bytes()
        return False

    @contextmanager
    def _drafted(self, path: Path) -> Iterator[Path]:
        """Yield a file beside `path`, its owner's only, that gets that name once it is whole and on the disk.

        Raises:
            JournalError: It cannot be written.
        """
        _remove_old_drafts(path)
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            begin_private_file(draft, "owner")
            yield draft
            _flush(draft)
            limit_readers(draft, "owner")
            draft.replace(path)
            sync_folder(path.parent)
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGES:
                with explained(self.journal):
                    raise
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise JournalError(
                f"The backup {path} cannot be written: {reason}.",
                code="backup_unwritable",
                hint="See that the disk has room and that you may write there, or name another file.",
            ) from error
        finally:
            for left in (draft, *(draft.with_name(f"{draft.name}{end}") for end in ("-journal", "-wal", "-shm"))):
                with suppress(OSError):
                    left.unlink(missing_ok=True)


def _seal(copy: sqlite3.Connection, now: str) -> None:
    """Make one file of a copy, without a log, and note in it that it is one."""
    copy.execute("PRAGMA journal_mode = DELETE")
    with atomic(copy):
        copy.execute(NOTE_BACKUP, {"now": now})


def _expect_whole(copy: sqlite3.Connection, source: sqlite3.Connection, journal: Path) -> None:
    """Raise `JournalError` where a copy is not what the journal is, or that is damaged itself."""
    version = "PRAGMA user_version"
    is_same = copy.execute(version).fetchone() == source.execute(version).fetchone()
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok" or not is_same:
        raise JournalError(
            f"The copy of the journal {journal} is not sound, so no backup was made.",
            code="journal_damaged",
            hint="Keep the older backups. The journal itself may be damaged, or the disk to which the backup went.",
        )


def _flush(path: Path) -> None:
    """Flush a file to the disk; nobody has it open."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_old_drafts(path: Path) -> None:
    """Remove what backups that were killed have left, an hour after they were at it."""
    for draft in path.parent.glob(f".{path.name}.*.tmp*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _OLD_S:
                draft.unlink()


def _wrong(message: str, hint: str, code: str = "bad_setting") -> SettingsError:
    return SettingsError(message, code=code, hint=hint)
