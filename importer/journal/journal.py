"""The journal: runs begin here, and are found again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from importer.journal.digests import Digester
from importer.journal.private import PrivateFolder
from importer.journal.run import RunJournal
from importer.journal.store import connect, explained, make_private, migrate
from importer.model import Mode, Target
from importer.times import rfc3339

FILE_NAME = "journal.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known of a run when it begins.

    Attributes:
        source: As it was given.
        output: The folder of its reports.
        settings: What it runs with, as JSON can hold it, without the key.
    """

    run_id: str
    mode: Mode
    version: str
    source: Path
    output: Path
    target: Target
    settings: Mapping[str, object]


class Journal:
    """The journal of one state directory; used as a context manager.

    Args:
        folder: The state directory; it is made (mode 0700) where there is none.
        wall: Returns the time, in seconds since the epoch.

    Raises:
        JournalError: From every method, where the journal cannot be used.
    """

    def __init__(self, folder: Path, *, wall: Callable[[], float]) -> None:
        self.path = folder / FILE_NAME
        self._folder = folder
        self._wall = wall
        with explained(self.path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._digester = Digester.open(folder / "digests.key")
            self._connection = connect(self.path)
            try:
                migrate(self._connection, self.path)
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection.close()

    def begin(self, new: NewRun) -> RunJournal:
        """Begin a run: take in its source and remember it. A journal has one run at work at a time.

        Raises:
            SourceError: The source cannot be read.
            JournalError: The run cannot be taken in. Either way nothing of it is left.
        """
        private = PrivateFolder(self._folder / "runs" / new.run_id)
        with explained(self.path), ExitStack() as undo:
            private.make()
            undo.callback(private.remove)
            copy, sha256 = private.take_in(new.source)
            self._attach(private.values, undo)
            number = self._insert(new, sha256)
            undo.pop_all()
        return RunJournal(
            connection=self._connection,
            path=self.path,
            number=number,
            source=copy,
            sha256=sha256,
            private=private,
            digester=self._digester,
            wall=self._wall,
        )

    def _attach(self, values: Path, undo: ExitStack) -> None:
        """Make the file of the values that the run sends, and open it under the name `held`."""
        make_private(values)
        self._connection.execute("ATTACH CAST(? AS TEXT) AS held", (os.fsencode(values),))
        undo.callback(self._connection.execute, "DETACH held")
        self._connection.execute("PRAGMA held.journal_mode = WAL")
        self._connection.execute("PRAGMA held.synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE held.updates (row INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT) STRICT"
        )

    def _insert(self, new: NewRun, sha256: str) -> int:
        found = self._connection.execute(
            "INSERT INTO runs (run_id, mode, version, started_at, source_path, source_sha256, base_url, group_id,"
            " linked_account_id, output, settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (
                new.run_id,
                new.mode,
                new.version,
                rfc3339(self._wall()),
                _text(new.source),
                sha256,
                new.target.base_url,
                new.target.group_id,
                new.target.linked_account_id,
                _text(new.output),
                json.dumps(new.settings, sort_keys=True),
            ),
        )
        return int(found.fetchone()[0])


def _text(path: Path) -> str:
    """Return a path as text that SQLite can hold: a byte that is no UTF-8 is shown by its number."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
