"""How a journal stands, by a look that leaves it as it is: its version, its runs, and whether its pages are sound."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from importer.journal.database import KNOWN_STEPS
from importer.journal.lasting.untouched import LogAloneError, untouched
from importer.journal.past import past_runs
from importer.model.run import PastRun

SQLITE: Final = sqlite3.sqlite_version
"""The version of SQLite that is used."""
_BUSY_S: Final = 1.0
_DAMAGES: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Soundness(StrEnum):
    """What becomes of looking at a journal's pages."""

    SOUND = "sound"
    SOUND_SO_FAR = "sound_so_far"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    HELD = "held"
    LOG_ALONE = "log_alone"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class JournalLook:
    """What was seen of a journal.

    Attributes:
        soundness: Of its pages.
        reason: Why it is unreadable, in SQLite's words; "" where it is not.
        schema: How many steps of its schema were taken; None where nobody knows.
        known: How many steps this version knows.
        runs: All runs, the newest first; None where they cannot be read: it is of another version, or damaged.
        newest_key: The fingerprint of the key of digests of the newest run; None where there is none.
    """

    soundness: Soundness
    reason: str = ""
    schema: int | None = None
    known: int = 0
    runs: Sequence[PastRun] | None = None
    newest_key: str | None = None


def looked_at(path: Path, *, longest_s: float) -> JournalLook:
    """Look at a journal that is there, and check its pages for at most so many seconds."""
    try:
        return untouched(path, lambda connection: _look(connection, path.parent, longest_s), patience_s=_BUSY_S)
    except LogAloneError:
        return JournalLook(Soundness.LOG_ALONE)
    except sqlite3.Error as error:
        return JournalLook(*_failure(error), known=KNOWN_STEPS)


def _look(connection: sqlite3.Connection, folder: Path, longest_s: float) -> JournalLook:
    schema, runs, key = None, None, None
    try:
        schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if "runs" not in tables and (schema or tables):
            return JournalLook(Soundness.FOREIGN)
        if schema == KNOWN_STEPS:
            row = connection.execute("SELECT digest_key FROM runs ORDER BY number DESC LIMIT 1").fetchone()
            key = row[0] if row else None
            runs = past_runs(connection, folder)
        soundness = _checked(connection, longest_s)
    except sqlite3.Error as error:
        return JournalLook(*_failure(error), schema, KNOWN_STEPS, runs, key)
    except (ValueError, TypeError, KeyError):  # what stands there is not what the importer writes
        return JournalLook(Soundness.DAMAGED, "", schema, KNOWN_STEPS, runs, key)
    return JournalLook(soundness, "", schema, KNOWN_STEPS, runs, key)


def _failure(error: sqlite3.Error) -> tuple[Soundness, str]:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGES:
        return Soundness.DAMAGED, ""
    if code == sqlite3.SQLITE_BUSY:
        return Soundness.HELD, ""
    return Soundness.UNREADABLE, str(error)


def _checked(connection: sqlite3.Connection, longest_s: float) -> Soundness:
    """Check the pages of a journal, until that is done or the time is up."""
    try:
        with _ended_after(longest_s, connection.interrupt):
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return Soundness.SOUND_SO_FAR
        raise
    return Soundness.SOUND if found == "ok" else Soundness.DAMAGED


@contextmanager
def _ended_after(seconds: float, end: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
