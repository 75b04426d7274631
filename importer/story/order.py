"""What a run is asked for, what it needs from outside, and what it tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, cast

from importer.delivery.wire.attempts import Engine
from importer.delivery.wire.endpoint import Endpoint
from importer.errors import ImporterError
from importer.journal.database import unheard
from importer.model.exit_codes import ExitCode
from importer.model.modes import Mode
from importer.model.rows import Outcome
from importer.model.run import Changes, PastRun, Summary, Target
from importer.model.source import STANDARD_INPUT, SourceInfo
from importer.model.statuses import Status
from importer.reports.saying.review import NextStep
from importer.settings import CEILING
from importer.sheets.reading import AS_IT_IS, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for, beside the settings.

    Attributes:
        source: As it was given; `STANDARD_INPUT` for standard input.
        sandbox: Start the embedded API, and send to it.
        reading: How the source is to be read.
        output: The run's own folder; None for a new one with a name of its own.
        reports: Write reports. What is told of a check needs none.
        form: Of the annotated sheet and that of rows to fix; None for the source's, and for a workbook.
        limit: Send only so many of the valid rows, the first; None for all.
        redact: Mask names and addresses in the reports.
        more_columns: What the annotated sheet has beside the columns that are always there, of `MORE_COLUMNS`, in its
            order.
        from_kept: The source is not at hand: the rows of the run that is retried are those that it kept.
    """

    mode: Mode
    source: Path
    sandbox: bool = False
    reading: Reading = AS_IT_IS
    output: Path | None = None
    reports: bool = True
    form: Literal["csv", "xlsx"] | None = None
    limit: int | None = None
    redact: bool = False
    more_columns: Sequence[str] = ()
    from_kept: bool = False

    @property
    def read_from(self) -> Path:
        """What is read, and must not change meanwhile; `STANDARD_INPUT` where that is no file."""
        return STANDARD_INPUT if self.from_kept else self.source

    @property
    def source_path(self) -> Path:
        """Where the source is: absolute, but for standard input, which is nowhere."""
        return self.source if self.source == STANDARD_INPUT else self.source.absolute()

    @property
    def source_name(self) -> str:
        """What messages call the source."""
        return "Standard input" if self.source == STANDARD_INPUT else self.source.name

    def asked(self) -> dict[str, object]:
        """Return what the journal keeps of it, beside what it knows anyway."""
        return {
            "sandbox": self.sandbox,
            "reading": self.reading.as_json(),
            "form": self.form,
            "limit": self.limit,
            "redact": self.redact,
            "more_columns": list(self.more_columns),
            "from_kept": self.from_kept,
        }

    @classmethod
    def again(cls, past: PastRun, *, source: Path | None = None) -> Order:
        """Return what was asked for when a run began, but for where its reports are to go.

        Args:
            past: The run.
            source: Where its source is now; None for where it was.
        """
        asked = past.asked
        reading = asked.get("reading") or {"sheet": asked.get("sheet")}
        return cls(
            mode=past.mode,
            source=source or Path(past.source.path),
            sandbox=bool(asked.get("sandbox")),
            reading=Reading.from_json(cast("Mapping[str, object]", reading)),
            form=cast("Literal['csv', 'xlsx'] | None", asked.get("form")),
            limit=cast("int | None", asked.get("limit")),
            redact=bool(asked.get("redact")),
            more_columns=tuple(cast("Sequence[str]", asked.get("more_columns", ()))),
            from_kept=bool(asked.get("from_kept")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What a person should know who is asked whether to send.

    Attributes:
        places: Each group and account that rows go to, and how many do, most rows first.
        hidden: So many of them nobody sees in the sheet.
        changes: What differs from what was last confirmed; None where nothing was compared.
    """

    places: Sequence[tuple[str, str, int]]
    hidden: int = 0
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent, and where, once it is known; `held_back` where nothing is because of invalid rows.

    `fixes` says how many of the rows to be sent were mended from rows of which earlier run, most rows first, and
    `timeout_s` how long a single attempt may take. `few_files` says how many requests can be in flight at most where
    the system lets this process have too few files open for as many as are asked for; None where it has enough, or
    nothing is sent. `stake` is there where somebody is asked. `left_open` has, of the runs that rows were mended from,
    the rows that are still to be fixed and not in the source.
    """

    run_id: str
    folder: Path
    source: SourceInfo
    target: Target
    statuses: Mapping[Status, int]
    to_send: int
    held_back: bool = False
    fixes: Mapping[str, int] = field(default_factory=dict)
    timeout_s: float = 30.0
    few_files: int | None = None
    stake: Stake | None = None
    left_open: Mapping[str, Sequence[int]] = field(default_factory=dict)


class Observer(Protocol):
    """Is told how a run goes."""

    def begun(self, run_id: str, *, resumed: bool = False) -> None:
        """The run exists from now on, or is gone on with."""
        ...

    def unfinished(self, past: PastRun) -> bool:
        """An earlier run of the same source could be gone on with instead; return whether a person was told."""
        ...

    def read(self, rows: int) -> None:
        """So many more rows are read and checked."""
        ...

    def checked(self, plan: Plan) -> None:
        """The whole source is checked."""
        ...

    @property
    def tells_later(self) -> bool:
        """Whether what it is told of other runs is shown when this one is over, and not before."""
        ...

    @property
    def asks(self) -> bool:
        """Whether somebody is asked before anything is sent."""
        ...

    def go_ahead(self, plan: Plan) -> bool:
        """Return whether to send what was checked."""
        ...

    def settled(self, outcomes: Sequence[Outcome]) -> None:
        """These rows have their outcome, durably."""
        ...

    def silent(self, why: str, seconds: float | None) -> None:
        """The API shows no life, which is waited for so long (None: nobody knows; 0: not at all); with "", it does."""
        ...

    def asked_to_wait(self, why: str, seconds: float) -> None:
        """Nothing is sent for so long, since the API asks for that, or what is in front of it; with "", it is over."""
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
        sleep: Lets so many seconds pass.
        uniform: Returns random numbers from 0 to below 1.
        run_id: Returns an id that no run has had.
        engine: Makes the engine that performs attempts.
        ceiling: Requests that it can have in flight at most.
        files_each: Files and sockets that each of these takes.
        user: The name of the user, as the system knows it; "" where nobody knows.
        attended: A person is there: what only a person can mend is not waited for.
        large_bytes: From what size on a source is read by a second process, beside what is done with its rows.
        migrating: Is told of a journal of an older version, and how many rows its runs had, before it is brought up to
            date.
    """

    wall: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    uniform: Callable[[], float]
    run_id: Callable[[], str]
    engine: Connect
    ceiling: int = CEILING
    files_each: int = 3
    user: str = ""
    attended: bool = False
    large_bytes: float = math.inf
    migrating: Callable[[Path, int], None] = unheard


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that exists: its summary, and what kept its reports from being written, if anything did.

    Attributes:
        notes: What else a person should know, in sentences.
        steps: What a person can do next, the most useful first.
    """

    summary: Summary
    error: ImporterError | None = None
    notes: Sequence[str] = ()
    steps: Sequence[NextStep] = ()

    @property
    def exit_code(self) -> int:
        """The exit code of the command; that a run was cut off is no failure of whoever reports on it."""
        return self.summary.exit_code or ExitCode.WELL
