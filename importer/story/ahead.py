"""Rows are read and checked ahead of the journal: of a large source by a second process, beside what is done with them.

The second process has the table and what rows are held to, and nothing of the journal. Whatever becomes of it, and
whatever it meets, the first one goes on by itself where the chunks end that came whole: so nothing is lost, and what is
wrong with a source is found, and said, as if there had been one process.
"""

from __future__ import annotations

import itertools
import marshal
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Final

from importer.checks.checker import Checked, Checker
from importer.checks.row_warnings import assumed_encodings, hidden_row
from importer.checks.rules import Rules
from importer.journal.packed.digests_of_rows import RowDigests
from importer.journal.private.digests import Digester
from importer.model.rows import RowWarning
from importer.model.source import Origin
from importer.model.updates import Updates
from importer.second_process import can_be_two, made_beside
from importer.sheets.table import AtEnd, Chunk, Table
from importer.story.settled_rows import given_texts

LARGE_BYTES: Final = 2_000_000
"""From here on a second process pays: docs/decisions/story.md has what was measured."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What became of a chunk of rows before anything of the journal has to be known.

    Attributes:
        rows: How many were read.
        checked: What became of those that are looked at.
        warnings: What is strange about rows of `checked.updates` beside that; it holds only while these are sent.
        left_out: The numbers of the rows that are left out, since they are hidden.
        origins: Where rows of a sheet of rows to fix come from.
        given: By their numbers, the rows that have an issue or a mark of their own, as they were read.
        digests: Those of `checked.updates`, where they were to be made.
    """

    rows: int
    checked: Checked
    warnings: Sequence[RowWarning] = ()
    left_out: Sequence[int] = ()
    origins: Sequence[Origin] = ()
    given: Mapping[int, str] = field(default_factory=dict)
    digests: RowDigests | None = None


@dataclass(frozen=True, slots=True)
class ReadingAhead:
    """Reads and checks a table.

    Args:
        table: The table.
        rules: What its rows are held to.
        chunk_rows: So many at a time.
        visible_only: Hidden rows are left out.
        digester: Makes the digests of rows, too; None to leave that to the journal.
    """

    table: Table
    rules: Rules
    chunk_rows: int
    visible_only: bool = False
    digester: Digester | None = None

    def chunks(self, begin: int = 0) -> Iterator[LookedAt]:
        """Yield all chunks from one on, counted from 0; raise as `Table.chunks` does."""
        checker = Checker(self.rules)
        for chunk in itertools.islice(self.table.chunks(self.chunk_rows), begin, None):
            yield self._looked_at(chunk, checker)

    @contextmanager
    def ahead(self, *, beside: bool) -> Iterator[Iterator[LookedAt]]:
        """Yield all chunks, and what the table knows once they are read; a second process ends with the block.

        Args:
            beside: A second process is to read them ahead, where there can be one.
        """
        if not (beside and can_be_two()):
            yield self.chunks()
            return
        with made_beside(self._messages) as messages:
            yield self._taken_over(messages)

    def _messages(self) -> Iterator[bytes]:
        yield from map(packed, self.chunks())
        yield packed(self.table.at_end)

    def _taken_over(self, messages: Iterator[bytes]) -> Iterator[LookedAt]:
        """Yield what comes, and then what does not."""
        count = 0
        for message in messages:
            come = unpacked(message)
            if isinstance(come, AtEnd):
                self.table.at_end = come
                return
            yield come
            count += 1
        yield from self.chunks(count)

    def _looked_at(self, chunk: Chunk, checker: Checker) -> LookedAt:
        seen, left_out = self._seen(chunk)
        checked = checker.check(seen.frame, seen.issues)
        assumed = assumed_encodings(checked.updates, self.rules.headers, self.table.reads_otherwise)
        told = {issue.row for issue in checked.issues} | {origin.row for origin in chunk.origins if origin.settled}
        return LookedAt(
            len(chunk.frame),
            checked,
            [*_hidden(checked, seen), *assumed],
            left_out,
            chunk.origins,
            dict(given_texts(seen, told)),
            RowDigests.of(Updates.of(checked.updates), self.digester) if self.digester else None,
        )

    def _seen(self, chunk: Chunk) -> tuple[Chunk, Sequence[int]]:
        """Return the rows that are to be checked, and the numbers of those that are left out, since they are hidden."""
        if not (self.visible_only and chunk.hidden):
            return chunk, ()
        hidden = set(chunk.hidden)
        visible = chunk.frame[~chunk.frame.index.isin(hidden)]
        issues = [issue for issue in chunk.issues if issue.row not in hidden]
        return Chunk(visible, issues, origins=chunk.origins), chunk.hidden


def _hidden(checked: Checked, chunk: Chunk) -> Iterator[RowWarning]:
    """Yield a warning for each row that can be sent and that nobody sees."""
    if chunk.hidden:
        hidden = set(chunk.hidden)
        yield from (hidden_row(update.row) for update in checked.updates if update.row in hidden)


def packed(made: LookedAt | AtEnd) -> bytes:
    """Return what another process of this program takes apart again; columns go five times as fast by `marshal`."""
    if isinstance(made, AtEnd):
        return pickle.dumps((made, b""))
    updates = Updates.of(made.checked.updates)
    columns = marshal.dumps([list(getattr(updates, column.name)) for column in fields(updates)])
    return pickle.dumps((replace(made, checked=replace(made.checked, updates=())), columns))


def unpacked(message: bytes) -> LookedAt | AtEnd:
    """Return what was packed by this program."""
    made: LookedAt | AtEnd
    made, columns = pickle.loads(message)  # noqa: S301 - of this process's own fork
    if isinstance(made, AtEnd):
        return made
    updates = Updates(*marshal.loads(columns))  # noqa: S302 - the same
    return replace(made, checked=replace(made.checked, updates=updates))
