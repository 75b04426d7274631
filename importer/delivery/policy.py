"""The numbers of delivery."""

from __future__ import annotations

from dataclasses import dataclass

from importer.delivery.wire.open_files import connections_at_most
from importer.model.run import MaxErrors
from importer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The numbers of delivery; their meaning and defaults are those of the settings of the same names.

    Attributes:
        concurrency: Rows in flight at most.
        adaptive: Find out how many of these are of use; otherwise as many as may be are in flight.
        rate: Attempts per second at most; None for no such limit.
        max_attempts: Tries of a row at most; being told to slow down is none.
        retry_budget: Retries of all rows together: so many.
        retry_share: And this share of the rows tried so far.
        max_outage_s: How long an API that shows no life is waited for.
        max_errors: How many rows may go wrong; None for any number.
        canary: So many of the first rows go alone.
        waits_for_name: An API whose host has no address at the first request is waited for, as any that is down.
    """

    concurrency: int
    adaptive: bool = False
    rate: float | None
    max_attempts: int
    backoff_s: float
    max_backoff_s: float
    max_retry_after_s: float
    max_rate_limited_s: float
    retry_budget: float = 20
    retry_share: float = 0.1
    max_outage_s: float = 60.0
    max_errors: MaxErrors | None = None
    canary: int = 0
    waits_for_name: bool = True


def few_files(asked: int, files_each: int) -> int | None:
    """Return how many rows can be in flight where the system lets too few files be open for as many as are asked for.

    None where there are enough. `files_each` is how many a row in flight takes.
    """
    possible = connections_at_most(asked, files_each=files_each)
    return possible if possible < asked else None


def policy_of(settings: Settings, *, canary: int, concurrency: int, attended: bool = False) -> Policy:
    """Return the numbers that the settings ask for, with so many first rows that go alone.

    `concurrency` is how many rows can be in flight; `attended` says that a person is there, who can mend the address at
    once.
    """
    return Policy(
        concurrency=concurrency,
        adaptive=settings.concurrency is None,
        rate=settings.rate,
        max_attempts=settings.max_attempts,
        backoff_s=settings.backoff,
        max_backoff_s=settings.max_backoff,
        max_retry_after_s=settings.max_retry_after,
        max_rate_limited_s=settings.max_rate_limited,
        retry_budget=settings.retry_budget,
        retry_share=settings.retry_share,
        max_outage_s=settings.max_outage,
        max_errors=MaxErrors.parse(settings.max_errors) if settings.max_errors else None,
        canary=canary,
        waits_for_name=not attended,
    )
