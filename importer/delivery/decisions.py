"""What rows end as: each has one outcome, once it is known whose fault its last answer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from importer.delivery.policy import Policy
from importer.delivery.replies.refusals import is_cause
from importer.delivery.replies.reply_meaning import Meaning
from importer.delivery.replies.row_history import DeliveryRow, not_sent, reconsidered, settle
from importer.model.rows import Outcome, Reconsidered
from importer.model.statuses import WRONG, Status
from importer.model.stop_reasons import StopReason

_MOST_RECONSIDERED: Final = 10_000
"""Of so many rows it is remembered what their end may turn out to be, so that memory does not grow with the rows."""


class Decisions:
    """Gives rows their outcomes, and stops the run where too many of them are bad.

    Args:
        policy: The numbers.
        stop: Stops the run.
        believed: What rows turn out to be that an earlier process of the run has believed to be refused.

    Attributes:
        held: Rows with a last meaning that may turn out to be no fault of theirs.
        blamed: Why the run stops, or would if it had not stopped before: over the answers to some rows.
        canaries: How many of the first rows have an outcome.
    """

    def __init__(
        self, policy: Policy, stop: Callable[[StopReason], None], believed: Sequence[Reconsidered] = ()
    ) -> None:
        self._policy: Final = policy
        self._stop: Final = stop
        self._done = 0
        self._wrong = 0
        self._open: list[Reconsidered] = []
        self._believed: list[Reconsidered] = [*believed]
        self.held: list[tuple[DeliveryRow, Meaning]] = []
        self.blamed: set[StopReason] = set()
        self.canaries = 0

    def decide(self, row: DeliveryRow, meaning: Meaning, believed: list[Reconsidered]) -> Outcome:
        """Return the outcome of a row by its last meaning, unless the run stopped over that.

        Args:
            row: The row.
            meaning: Its last one.
            believed: Takes in what the row turns out to be, where the first confirmation may speak against its refusal.
        """
        blame = next((reason for reason in self.blamed if is_cause(meaning, reason)), None)
        outcome = settle(row, meaning) if blame is None else not_sent(row, meaning, blame)
        other = reconsidered(row, meaning)
        open_rows = self._open if meaning.is_in_front else self._believed
        expected = Status.UNCONFIRMED if meaning.is_in_front else Status.REJECTED
        if other is not None and outcome.status is expected and len(open_rows) < _MOST_RECONSIDERED:
            open_rows.append(other)
            believed += () if meaning.is_in_front else (other,)
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

    def disbelieved(self, may_be_own: Callable[[str], bool]) -> list[Outcome]:
        """Return other outcomes for rows that were refused before the first confirmation, by what is known since.

        Args:
            may_be_own: Returns whether the API may answer by a product.
        """
        believed, self._believed = self._believed, []
        return [other.outcome for other in believed if not all(map(may_be_own, other.products))]

    def revised(self, has_confirmed: Callable[[str], bool]) -> list[Outcome]:
        """Return other outcomes for rows that ended in doubt, judged once more at the end of the run.

        Args:
            has_confirmed: Returns whether a confirmation was answered by a product.
        """
        doubted, self._open = self._open, []
        return [other.outcome for other in doubted if all(map(has_confirmed, other.products))]
