"""What a run is asked for, what it needs from outside, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from importer.delivery.attempts import Engine
from importer.delivery.client import Endpoint
from importer.errors import ImporterError
from importer.model import Mode, Outcome, SourceInfo, Status, Summary, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for, beside the settings.

    Attributes:
        sandbox: Start the embedded API, and send to it.
        sheet: Which sheet of a workbook; None for the only one that has the columns.
        output: The run's own folder; None for a new one with a name of its own.
        form: Of the annotated sheet; None for the source's.
        limit: Send only so many of the valid rows, the first; None for all.
    """

    mode: Mode
    source: Path
    sandbox: bool = False
    sheet: str | None = None
    output: Path | None = None
    form: Literal["csv", "xlsx"] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent, and where, once it is known."""

    run_id: str
    folder: Path
    source: SourceInfo
    target: Target
    statuses: Mapping[Status, int]
    to_send: int


class Observer(Protocol):
    """Is told how a run goes."""

    def begun(self, run_id: str) -> None:
        """The run exists from now on."""
        ...

    def read(self, rows: int) -> None:
        """So many more rows are read and checked."""
        ...

    def checked(self, plan: Plan) -> None:
        """The whole source is checked."""
        ...

    def go_ahead(self, plan: Plan) -> bool:
        """Return whether to send what was checked."""
        ...

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """These rows have their outcome, durably."""
        ...

    def writing(self) -> None:
        """The reports are being written."""
        ...

    def defect(self, error: Exception) -> None:
        """Something failed that should not have; the run stops over it."""
        ...


class Connect(Protocol):
    """Makes an engine that sends to an endpoint."""

    def __call__(
        self, endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]
    ) -> AbstractContextManager[Engine]:
        """Yield an engine with so many workers, which tells of defects."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run needs from outside.

    Attributes:
        wall: Returns seconds since the epoch.
        clock: Returns seconds that never go back.
        uniform: Returns random numbers from 0 to below 1.
        run_id: Returns an id that no run has had.
        engine: Makes the engine that performs attempts.
    """

    wall: Callable[[], float]
    clock: Callable[[], float]
    uniform: Callable[[], float]
    run_id: Callable[[], str]
    engine: Connect


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that exists: its summary, and what kept its reports from being written, if anything did."""

    summary: Summary
    error: ImporterError | None = None
