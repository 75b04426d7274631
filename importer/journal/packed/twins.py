"""Rows that have something in common with another row: found by a hash of each, without sorting them all in SQL."""

from __future__ import annotations

import json
import sqlite3
from array import array
from operator import itemgetter
from pathlib import Path
from typing import Final

from importer.journal.database import explained
from importer.journal.settling import TO_BE_SENT

AMONG_TWINS: Final = "row IN (SELECT value FROM json_each(:twins))"


def twins(connection: sqlite3.Connection, path: Path, number: int, key: str) -> str | None:
    """Return the rows of a run to be sent whose key another one of them may have, for `AMONG_TWINS`.

    Every row that shares its key is among them, and once in a very long while one that does not. Eight bytes a row are
    in memory meanwhile.

    Args:
        connection: To the journal.
        path: The journal's, for the message.
        number: Of the run.
        key: What they may share, as SQL.

    Returns:
        A JSON list; None where no two rows have the same key, as in most sheets.

    Raises:
        JournalError: The journal cannot be read.
    """
    import numpy as np  # noqa: PLC0415 - takes long to import; whoever has checked a sheet has it already

    run = {"run": number}
    with explained(path):
        hashes = array("q", map(hash, connection.execute(f"SELECT {key} FROM rows WHERE {TO_BE_SENT}", run)))
        ordered = np.sort(np.frombuffer(hashes, dtype=np.int64))
        shared = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
        if not shared:
            return None
        numbers = connection.execute(f"SELECT row FROM rows WHERE {TO_BE_SENT}", run)
        return json.dumps([row for row, one in zip(map(itemgetter(0), numbers), hashes, strict=True) if one in shared])
