"""What rows end as: each has one outcome, once it is known whose fault its last answer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from importer.delivery.policy import Policy
from importer.delivery.replies.refusals import is_cause
from importer.delivery.replies.reply_meaning import Meaning
from importer.delivery.replies.row_history import DeliveryRow, not_sent, reconsidered, settle
from importer.model.rows import Outcome
from importer.model.statuses import WRONG, Status
from importer.model.stop_reasons import StopReason


class Decisions:
    """Gives rows their outcomes, and stops the run where too many of them are bad.

    Args:
        policy: The numbers.
        stop: Stops the run.

    Attributes:
        held: Rows with a last meaning that may turn out to be no fault of theirs.
        blamed: Why the run stops, or would if it had not stopped before: over the answers to some rows.
        canaries: How many of the first rows have an outcome.
    """

    def __init__(self, policy: Policy, stop: Callable[[StopReason], None]) -> None:
        self._policy: Final = policy
        self._stop: Final = stop
        self._done = 0
        self._wrong = 0
        self._open: list[tuple[DeliveryRow, Meaning]] = []
        self._believed: list[tuple[DeliveryRow, Meaning]] = []
        self.held: list[tuple[DeliveryRow, Meaning]] = []
        self.blamed: set[StopReason] = set()
        self.canaries = 0

    def decide(self, row: DeliveryRow, meaning: Meaning) -> Outcome:
        """Return the outcome of a row by its last meaning, unless the run stopped over that."""
        blame = next((reason for reason in self.blamed if is_cause(meaning, reason)), None)
        outcome = settle(row, meaning) if blame is None else not_sent(row, meaning, blame)
        if meaning.otherwise is not None:
            if outcome.status is Status.UNCONFIRMED and meaning.is_in_front:
                self._open.append((row, meaning))
            elif outcome.status is Status.REJECTED:
                self._believed.append((row, meaning))
        return outcome

    def note(self, row: DeliveryRow, outcome: Outcome) -> None:
        """Take in that a row has its outcome, and stop the run over it if that is asked for."""
        self._done += 1
        self._wrong += outcome.status in WRONG
        if row.canary:
            self.canaries += 1
            if outcome.status is not Status.UPDATED:
                self._stop(StopReason.CANARY_FAILED)
        if self._policy.max_errors and self._policy.max_errors.exceeded(self._wrong, self._done):
            self._stop(StopReason.TOO_MANY_ERRORS)

    def disbelieved(self, is_own: Callable[[str], bool]) -> list[Outcome]:
        """Return other outcomes for rows that were refused before the first confirmation, by what that shows.

        Args:
            is_own: Returns whether a product is what the API answers by.
        """
        rows, self._believed = self._believed, []
        return _reconsidered(rows, is_own)

    def revised(self, is_own: Callable[[str], bool]) -> list[Outcome]:
        """Return other outcomes for rows that ended in doubt, judged once more at the end of the run.

        Args:
            is_own: Returns whether a product is what the API answers by, as far as all confirmations tell.
        """
        rows, self._open = self._open, []
        return _reconsidered(rows, is_own)


def _reconsidered(rows: Sequence[tuple[DeliveryRow, Meaning]], is_own: Callable[[str], bool]) -> list[Outcome]:
    outcomes = (reconsidered(row, meaning, is_own) for row, meaning in rows)
    return [outcome for outcome in outcomes if outcome is not None]
