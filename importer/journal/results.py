"""What the rows of a run have ended as: read by every report."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from importer.errors import JournalError
from importer.journal.causes import Causes
from importer.journal.confirmations import COUNT_CHANGES, changed_fields, counted_changes
from importer.journal.database import read, read_many
from importer.journal.findings import Findings
from importer.journal.packed.ids_and_times import unpacked_time
from importer.journal.past_attempts import DURATION, REQUESTS, UNANSWERED
from importer.journal.private.answers import Answers
from importer.model.rows import Cause, Difference, Outcome, QuietOutcomes
from importer.model.run import Changes, PastAttempt
from importer.model.statuses import CALM, Status
from importer.phrases import sentences

_OUTCOMES: Final = (
    "SELECT row, status, code, message, note, http_status, attempts, updated_at, sent_at, latency_s, changed, rests_on"
    " FROM rows WHERE run = :run ORDER BY row"
)
_MESSAGES: Final = 256
"""Of quiet rows, many have the same."""
_CALM: Final = frozenset(status.value for status in CALM)
_Row = tuple[Any, ...]
"""The columns of one row, as `_OUTCOMES` has them."""


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
        for telling, rows in self._told():
            yield from map(telling.outcome, rows)

    def blocks(self) -> Iterator[Outcome | QuietOutcomes]:
        """Yield what `outcomes` yields, that of quiet rows many at a time; raise as it does."""
        for telling, rows in self._told():
            yield from telling.blocks(rows)

    def _told(self) -> Iterator[tuple[_Telling, Sequence[_Row]]]:
        """Yield the rows, many at a time, with what tells what is true of them."""
        telling = _Telling(self.findings.warnings(), self.answers.differences(), self._run_id)
        for rows in read_many(self.connection, self.path, _OUTCOMES, {"run": self.number}):
            telling.look_at(rows)
            yield telling, rows

    def _run_id(self, number: int) -> str:
        query = "SELECT run_id FROM runs WHERE number = :run"
        ((run_id,),) = read(self.connection, self.path, query, {"run": number})
        return str(run_id)

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


class _Telling:
    """Tells what is true of the rows of one run, in row order.

    Args:
        warnings: The rows that have warnings, in row order, with their codes and their sentences.
        differences: What the API holds of rows in place of what was sent.
        run_id: Returns the id of the run of a number.
    """

    def __init__(
        self,
        warnings: Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]],
        differences: Mapping[int, Sequence[Difference]],
        run_id: Callable[[int], str],
    ) -> None:
        self._warnings = warnings
        self._next_warned = next(warnings, None)
        self._warned: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._differences = differences
        self._run_id = cache(run_id)
        self._message_again = lru_cache(_MESSAGES)(self._message)

    def look_at(self, rows: Sequence[_Row]) -> None:
        """Find the warnings of the rows that come next, before anything is told of them."""
        self._warned.clear()
        while self._next_warned is not None and self._next_warned[0] <= rows[-1][0]:
            row, codes, of_warnings = self._next_warned
            self._warned[row] = codes, of_warnings
            self._next_warned = next(self._warnings, None)

    def outcome(self, columns: _Row) -> Outcome:
        """Return what is true of a row that was looked at; raise `JournalError` where it has no outcome."""
        row, status, code, message, note, http_status, attempts, updated_at, sent_at, latency_s, bits, rests_on = (
            columns
        )
        if status is None:
            raise _no_outcome(row)
        codes, of_warnings = self._warned.get(row, ((), ()))
        return Outcome(
            row,
            Status(status),
            code,
            self._message(status, message, note, rests_on, of_warnings),
            http_status,
            attempts,
            unpacked_time(updated_at),
            codes,
            sent_at,
            latency_s,
            changed_fields(bits),
            differences=self._differences.get(row, ()),
        )

    def blocks(self, rows: Sequence[_Row]) -> Iterator[Outcome | QuietOutcomes]:
        """Yield what is true of rows that were looked at, of quiet ones many at a time; raise as `outcome` does."""
        start = 0
        for at in [*self._loud(rows), len(rows)]:
            for quiet in _unbroken(rows[start:at]):
                yield self._quiet(quiet)
            if at < len(rows):
                yield self.outcome(rows[at])
            start = at + 1

    def _loud(self, rows: Sequence[_Row]) -> Sequence[int]:
        """Return where rows are that need somebody, or that have more than a message."""
        warned, differing = self._warned, self._differences
        _, statuses, codes, *_ = zip(*rows, strict=True)
        if not (any(codes) or warned or differing) and _CALM.issuperset(statuses):
            return ()
        return [
            at
            for at, (row, status, code, *_) in enumerate(rows)
            if code or status not in _CALM or row in warned or row in differing
        ]

    def _quiet(self, rows: Sequence[_Row]) -> QuietOutcomes:
        numbers, statuses, _, messages, notes, http_statuses, attempts, updated_at, *sent = zip(*rows, strict=True)
        sent_at, latencies_s, bits, rests_on = sent
        if any(notes) or any(rests_on):
            messages = tuple(map(self._message_again, statuses, messages, notes, rests_on))
        return QuietOutcomes(
            first=numbers[0],
            statuses=statuses,
            messages=messages,
            http_statuses=http_statuses,
            attempts=attempts,
            updated_at=tuple(map(unpacked_time, updated_at)) if any(updated_at) else updated_at,
            sent_at=sent_at,
            latencies_s=latencies_s,
            changed=tuple(map(changed_fields, bits)) if any(one is not None for one in bits) else bits,
        )

    def _message(
        self, status: str, message: str, note: str, rests_on: int | None, of_warnings: Sequence[str] = ()
    ) -> str:
        """Return the message of a row, with why it rests, what was cleaned and what is strange."""
        rests = "" if rests_on is None else self._told_rest(rests_on, status)
        return sentences(message, rests, note, *of_warnings) if rests or note or of_warnings else message

    def _told_rest(self, run: int, status: str) -> str:
        """Return why a row is not sent, or would not be: some run, by its number, has confirmed what it says."""
        is_not = "was not" if status == Status.UNCHANGED else "would not be"
        return f"It {is_not} sent: run {self._run_id(run)} has confirmed the same values."


def _unbroken(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Yield rows as far as their numbers follow each other."""
    if rows and rows[-1][0] - rows[0][0] == len(rows) - 1:
        yield rows
        return
    breaks = [at for at, (before, after) in enumerate(itertools.pairwise(rows), start=1) if after[0] != before[0] + 1]
    for start, stop in itertools.pairwise([0, *breaks, len(rows)]):
        if start < stop:
            yield rows[start:stop]


def _no_outcome(row: int) -> JournalError:
    return JournalError(
        f"Row {row} has no outcome, which is a defect of the importer.",
        code="no_outcome",
        hint="Keep the file and the journal, and report this to whoever maintains the importer.",
    )
