"""Sources are read by a second process and by none, and must come to the same: called with a folder, and files or none.

Of files, the whole command is run both ways. Without any, tables are thought up, and read and checked both ways.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import hypothesis
from hypothesis import strategies as st

from importer.checks.rules import Rules
from importer.cli import perform
from importer.cli.main import run_command, start_no_threads_for_matrices
from importer.errors import ImporterError
from importer.model.updates import Updates
from importer.sheets.open import open_table
from importer.sheets.table import AtEnd
from importer.story.ahead import LookedAt, ReadingAhead, packed, unpacked
from tests.properties.faulty_tables import FAULTS, Written, tables

_GROUP: Final = "11111111-2222-4333-8444-555555555555"
_OF_A_RUN: Final = re.compile(
    r"\d{4}-\d\d-\d\dT?[ \d:.,-]*Z?|\b\d\d:\d\d\b|\d+(?:\.\d+)? (?:m?s|seconds?)\b|\b[a-z0-9]{8}\b"
)
"""Times and ids, which are those of one run."""
_EXAMPLES: Final = 60


def _rows_of_newest_run(state: Path) -> Sequence[Any]:
    """Return what the journal knows of the rows of the newest run, table by table."""
    with closing(sqlite3.connect(f"file:{state / 'journal.sqlite'}?mode=ro", uri=True)) as connection:
        newest = connection.execute("SELECT max(number) FROM runs").fetchone()[0]
        found: list[Any] = [
            connection.execute(
                "SELECT source_sheet, source_rows, source_skipped, source_found, statuses, exit_code FROM runs"
                " WHERE number = ?",
                (newest,),
            ).fetchall()
        ]
        for table in ("rows", "issues", "warnings", "origins"):
            names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})") if name != "run"]
            if names:
                query = f"SELECT {', '.join(names)} FROM {table} WHERE run = ?"  # noqa: S608 - names of the schema
                found.append(sorted(map(repr, connection.execute(query, (newest,)))))
        return found


def _command(file: Path, folder: Path, way: str) -> Sequence[object]:
    """Return what comes of a check: its exit code, what it says and writes, and what the journal knows of it."""
    vars(perform)["LARGE_BYTES"] = 0 if way == "beside" else math.inf
    output, state = folder / "reports", folder / "state"
    said = io.StringIO()
    arguments = ["check", str(file), "--group-id", _GROUP, "--linked-account-id", "acct-1", "--report"]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run_command([*arguments, "--output", str(output), "--state", str(state), "-v"])
    written = sorted(output.glob("*.csv"))
    reports = [(path.name, _OF_A_RUN.sub("", path.read_text("utf-8", "replace"))) for path in written]
    for path in output.glob("*") if output.exists() else []:
        path.unlink()
    return [code, _OF_A_RUN.sub("", said.getvalue()), reports, _rows_of_newest_run(state)]


def _files_both_ways(files: Sequence[Path], folder: Path) -> None:
    for file in files:
        beside, alone = (_command(file, folder, way) for way in ("beside", "alone"))
        for one, other in zip(beside, alone, strict=True):
            if one != other:
                raise AssertionError(f"{file}: {one!r} is not {other!r}")


def _read(path: Path, scratch: Path, chunk_rows: int, *, beside: bool) -> tuple[list[LookedAt], AtEnd | None, str]:
    """Return what comes of a table, and the error that ends it."""
    come: list[LookedAt] = []
    try:
        table = open_table(path, scratch=scratch)
        headers = {field: column.header for field, column in table.columns.items()}
        reading = ReadingAhead(table, Rules(headers=headers, group_id=_GROUP, linked_account_id="acct-1"), chunk_rows)
        with reading.ahead(beside=beside) as chunks:
            come += map(_as_columns, chunks)
    except ImporterError as error:
        return come, None, f"{type(error).__name__} {error.code}: {error.message} {error.hint}"
    return come, table.at_end, str(table.width())


def _as_columns(chunk: LookedAt) -> LookedAt:
    updates = Updates.of(chunk.checked.updates)
    columns = [list(getattr(updates, name)) for name in Updates.__dataclass_fields__]
    return replace(chunk, checked=replace(chunk.checked, updates=Updates(*columns)))


def _tables_both_ways(folder: Path) -> None:
    path = folder / "table.csv"
    seen = []

    @hypothesis.settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None)
    @hypothesis.given(tables(), st.sampled_from(sorted(FAULTS)), st.integers(1, 5), st.data())
    def expect_the_same(table: Written, fault: str, chunk_rows: int, data: st.DataObject) -> None:
        path.write_text(FAULTS[fault](data.draw, table), "utf-8", newline="")
        beside, alone = (_read(path, folder, chunk_rows, beside=way) for way in (True, False))
        if beside != alone:
            raise AssertionError(f"{beside!r} is not {alone!r}")
        if any(unpacked(packed(chunk)) != chunk for chunk in alone[0]):
            raise AssertionError(alone[0])
        seen.append(len(alone[0]))

    expect_the_same()
    if not any(count > 1 for count in seen):
        raise AssertionError("no table had several chunks")


def main(folder: Path, files: Sequence[Path]) -> None:
    """Try all of it, and say how many second processes there were; fail where the two ways come to something else."""
    start_no_threads_for_matrices()
    fork = os.fork
    forks: list[None] = []

    def counted() -> int:
        forks.append(None)
        return fork()

    os.fork = counted
    if files:
        _files_both_ways(files, folder)
    else:
        _tables_both_ways(folder)
    sys.stdout.write(f"{len(forks)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
