"""What the dispatcher has come to since it was last asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from importer.model.rows import Attempt, Outcome, Reconsidered, Waiting


@dataclass(slots=True)
class DispatchStep:
    """What has to become durable before anything else happens.

    Attributes:
        begun: Attempts that leave then.
        waiting: Rows that are to be tried again.
        outcomes: Of rows that had none.
        revised: Of rows that had another outcome in a step before.
        products: What answered the first of its confirmations.
        believed: What refused rows turn out to be, if the first confirmation speaks against it.
    """

    begun: list[Attempt] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    revised: list[Outcome] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    believed: list[Reconsidered] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.begun or self.waiting or self.outcomes or self.revised or self.products)

    def revise(self, outcomes: Sequence[Outcome]) -> None:
        """Take in other outcomes of rows; what is still in this step was never told."""
        if not outcomes:
            return
        untold = {outcome.row: at for at, outcome in enumerate(self.outcomes)}
        for outcome in outcomes:
            at = untold.get(outcome.row)
            if at is None:
                self.revised.append(outcome)
            else:
                self.outcomes[at] = outcome
