"""What the rows of a run have ended as: read by every report."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from importer.errors import JournalError
from importer.journal.causes import Causes
from importer.journal.confirmations import COUNT_CHANGES, changed_fields, counted_changes
from importer.journal.database import read
from importer.journal.findings import Findings
from importer.journal.packed.ids_and_times import unpacked_time
from importer.journal.past_attempts import DURATION, REQUESTS, UNANSWERED
from importer.journal.private.answers import Answers
from importer.model.rows import Cause, Outcome
from importer.model.run import Changes, PastAttempt
from importer.model.statuses import Status
from importer.phrases import sentences


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one run.

    Attributes:
        answers: What the API answered in place of values that were sent.

    Raises:
        JournalError: From every method, where the journal cannot be read.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    answers: Answers

    @property
    def findings(self) -> Findings:
        """What was found in its rows."""
        return Findings(self.connection, self.path, self.number)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what is true of each row, in row order; what was cleaned and what is strange is part of the message.

        Raises:
            JournalError: A row has no outcome.
        """
        query = (
            "SELECT row, status, code, message, note, http_status, attempts, updated_at, sent_at, latency_s, changed,"
            " rests_on FROM rows WHERE run = :run ORDER BY row"
        )
        warnings = self.findings.warnings()
        warned = next(warnings, None)
        differences = self.answers.differences()
        told_rest = cache(self._told_rest)
        for row, status, code, message, note, *sent, bits, rests_on in self._read(query):
            if status is None:
                raise _no_outcome(row)
            http_status, attempts, updated_at, sent_at, latency_s = sent
            codes: tuple[str, ...] = ()
            beside = [] if rests_on is None else [told_rest(rests_on, status)]
            beside += [note] if note else []
            if warned is not None and warned[0] == row:
                _, codes, of_warnings = warned
                beside += of_warnings
                warned = next(warnings, None)
            yield Outcome(
                row,
                Status(status),
                code,
                sentences(message, *beside) if beside else message,
                http_status,
                attempts,
                unpacked_time(updated_at),
                codes,
                sent_at,
                latency_s,
                changed_fields(bits),
                differences=differences.get(row, ()),
            )

    def _told_rest(self, run: int, status: str) -> str:
        """Return why a row is not sent, or would not be: some run, by its number, has confirmed what it says."""
        query = "SELECT run_id FROM runs WHERE number = :run"
        ((run_id,),) = read(self.connection, self.path, query, {"run": run})
        is_not = "was not" if status == Status.UNCHANGED else "would not be"
        return f"It {is_not} sent: run {run_id} has confirmed the same values."

    def statuses(self) -> Mapping[Status, int]:
        """Return how many rows have each status, zeros too."""
        counts = dict.fromkeys(Status, 0)
        query = "SELECT status, count(*) FROM rows WHERE run = :run AND status IS NOT NULL GROUP BY status"
        return counts | {Status(status): count for status, count in self._read(query)}

    def attempts(self) -> int:
        """Return how many requests left."""
        return int(next(self._read("SELECT coalesce(sum(attempts), 0) FROM rows WHERE run = :run"))[0])

    def requests(self) -> Iterator[PastAttempt]:
        """Yield every request that left, in no particular order; of older versions' runs, the last of each row."""
        for sent_at, latency_s, http_status, confirmed, useless in self._read(REQUESTS):
            yield PastAttempt(sent_at, latency_s, http_status, bool(confirmed), bool(useless))

    def duration(self) -> tuple[float, float, int] | None:
        """Return when the first request left and the last one ended, in seconds since the epoch, and how many left.

        None where none did.
        """
        first, last, count = next(self._read(DURATION))
        return None if first is None else (first, last, count)

    def unanswered(self) -> bool:
        """Return whether requests left, and no answer came to any of them."""
        return bool(next(self._read(UNANSWERED))[0])

    def causes(self) -> Sequence[Cause]:
        """Return why rows need a person, or should be looked at, without what to do about it."""
        return Causes(self.connection, self.path, self.number).all()

    def changes(self) -> Changes | None:
        """Return what differs from what was last confirmed of the same customers; None where nothing was compared."""
        return counted_changes(next(self._read(COUNT_CHANGES)))

    def _read(self, query: str) -> Iterator[tuple[Any, ...]]:
        return read(self.connection, self.path, query, {"run": self.number})


def _no_outcome(row: int) -> JournalError:
    return JournalError(
        f"Row {row} has no outcome, which is a defect of the importer.",
        code="no_outcome",
        hint="Keep the file and the journal, and report this to whoever maintains the importer.",
    )
