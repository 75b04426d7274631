"""A run as a whole: where it sends to, when it stops, and what journal and reports say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from importer.model.exit_codes import has_ended
from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.source import Field, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason


@dataclass(frozen=True, slots=True)
class MaxErrors:
    """How many rows may go wrong before a run stops: a number, or a percentage of the rows that are finished.

    *Wrong* is `rejected`, `failed`, `unconfirmed` and `mismatch`.
    """

    count: int | None = None
    percent: float | None = None

    @classmethod
    def parse(cls, text: str) -> MaxErrors:
        """Return what `N` or `P%` means; raise ValueError where it is neither."""
        number = text.strip()
        try:
            if number.endswith("%"):
                percent = float(number[:-1])
                if 0 <= percent <= 100:  # noqa: PLR2004 - of a hundred
                    return cls(percent=percent)
            elif number.isascii() and number.isdigit():
                return cls(count=int(number))
        except ValueError:
            pass
        raise ValueError("it must be a number of rows such as 10, or a percentage such as 5%")

    def exceeded(self, errors: int, finished: int) -> bool:
        """Return whether so many rows that went wrong, of so many finished ones, are too many."""
        if self.count is not None:
            return errors > self.count
        return finished >= _PERCENT_FROM and errors * 100 > (self.percent or 0) * finished


_PERCENT_FROM: Final = 50
"""A percentage of fewer rows says little."""


NOWHERE: Final = "nowhere"
"""Stands for the group and the account in a check, which has no target."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go when a row does not say otherwise. `None`: only the rows' own columns say it."""

    base_url: str
    group_id: str | None = None
    linked_account_id: str | None = None


class State(StrEnum):
    """How far a run is; one that was cut off is a check or a dry run whose process died."""

    RUNNING = "running"
    UNFINISHED = "unfinished"
    ENDED = "ended"
    FORGOTTEN = "forgotten"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run as the journal remembers it. Times are RFC 3339, UTC.

    Attributes:
        number: Counts runs in the order in which they began.
        finished_at: When its delivery was over; None where a process of it died before that.
        exit_code: None where its reports were not written: its process is still at work, or died.
        checked: The whole source is journalled.
        kept: What it takes to resume it is still there.
        kept_rows: Of so many of its rows the values are kept, although it has ended: to be tried again, or looked at.
        seconds: How long its processes took; one that died counts until its last request.
        at_work: A process is at it, right now.
        output: The folder of its reports; of a check that has none, where that would be.
        folders: All in which reports or a claim of it may be, that one too; of a check that has none, none.
        settings: What it ran with, as JSON holds it.
        asked: What was asked for beside the settings, as JSON holds it.
        retry_of: The id of the run whose rows it sends again.
        fix_of: The ids of the runs that rows of it were mended from, most rows first.
        statuses: How many rows have each status, zeros too.
        left: Rows that have no outcome.
        attempts: Requests, over all its processes.
        overdue_at: When it was first found that what it keeps is too old; None where it is not.
        started_by: The name of the user, as the system knows it; "" where nobody knows.
        would_be_sent: Of a check or a dry run: how many of its valid rows a run would send, without those that repeat
            them or rest on confirmations; None of a run, and where nobody knows.
        agreed: Somebody has agreed that it is sent, or nobody had to.
        pruned_at: When its rows began to go, since they are not kept for longer; None while they are there.
        resting: The rows that rest on confirmations; None where nobody has asked for that, or it cannot be known.
    """

    number: int
    run_id: str
    mode: Mode
    version: str
    started_at: str
    finished_at: str | None
    exit_code: int | None
    stop_reason: StopReason | None
    checked: bool
    kept: bool
    at_work: bool
    seconds: float
    source: SourceInfo
    target: Target
    output: Path
    folders: Sequence[Path]
    settings: Mapping[str, object]
    asked: Mapping[str, object]
    retry_of: str | None
    statuses: Mapping[Status, int]
    left: int
    attempts: int
    overdue_at: str | None = None
    started_by: str = ""
    fix_of: Sequence[str] = ()
    would_be_sent: int | None = None
    kept_rows: int = 0
    agreed: bool = True
    resting: Resting | None = None
    pruned_at: str | None = None

    @property
    def profile(self) -> str | None:
        """The profile of the settings file that it ran with; None for none, as where an older version began it."""
        profile = self.settings.get("profile")
        return None if profile is None else str(profile)

    @property
    def awaits_a_yes(self) -> bool:
        """Whether nobody has agreed so far to send it; if no process is at it any more, it is none."""
        return not self.agreed and self.exit_code is None

    @property
    def ended(self) -> bool:
        """Whether it came to its end, so that there is nothing to resume; its rows may still be retried."""
        return has_ended(self.mode, self.exit_code, self.stop_reason)

    @property
    def state(self) -> State:
        """How far it is."""
        if self.at_work:
            return State.RUNNING
        if self.mode is not Mode.RUN:
            return State.CUT_OFF if self.exit_code is None else State.ENDED
        if self.ended:
            return State.ENDED
        return State.UNFINISHED if self.kept else State.FORGOTTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known of a run when it begins.

    Attributes:
        source: As it was given.
        output: The folder of its reports; where it is to have none (`has_folder`), where that would be.
        settings: What it runs with, as JSON can hold it, without the key.
        asked: What was asked for beside that, as JSON can hold it.
        retry_of: The run whose rows it sends again.
        from_kept: It goes on from the values that `retry_of` keeps, and has no source of its own.
        started_at: When it began; "" for now.
        started_by: The name of the user, as the system knows it; "" where nobody knows.
        agreed: Nobody is asked before it is sent, or whoever is has agreed.
        idle_s: So many seconds it was waited for another run, or for the source, before it began to read.
    """

    run_id: str
    mode: Mode
    version: str
    source: Path
    output: Path
    target: Target
    settings: Mapping[str, object]
    asked: Mapping[str, object] = field(default_factory=dict)
    retry_of: PastRun | None = None
    has_folder: bool = True
    from_kept: bool = False
    started_at: str = ""
    started_by: str = ""
    agreed: bool = True
    idle_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fix:
    """What a later run did for the rows of a run that were to be fixed.

    Attributes:
        rows: So many of them it took up.
        confirmed: So many of them are confirmed by now, and it was the last to send them.
        settled: So many are settled, by a mark in the sheet that it was given, and nobody has sent them since.
        started_by: The name of the user who gave it that sheet; "" where nobody knows.
        settled_rows: The numbers of the settled ones, in the source of the run that they are of.
    """

    run_id: str
    rows: int
    confirmed: int
    settled: int = 0
    started_by: str = ""
    settled_rows: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row of a run that is to be fixed, and is neither confirmed by now nor settled.

    Attributes:
        row: Its number in the source of the run.
        run_id: The last run that took it up; "" where none has.
        status: What it ended as there; None where it has no outcome, or no run has taken it up.
    """

    row: int
    run_id: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Mending:
    """What became of the rows of a run that were to be fixed.

    Attributes:
        fixes: The runs that took them up, the oldest first.
        open_rows: Those that still are to be fixed, in order.
    """

    fixes: Sequence[Fix] = ()
    open_rows: Sequence[OpenRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How the values that a run was to send differ from those last confirmed, by an earlier run; in rows.

    Attributes:
        compared: Rows of whose customer an earlier run has confirmed something; of the others, nobody knows.
        same: Those in which nothing differs.
        fields: Those in which a value differs, by its field: each of `VALUE_FIELDS`.
    """

    compared: int
    same: int
    fields: Mapping[Field, int]


@dataclass(frozen=True, slots=True)
class Resting:
    """Rows of a run that were not sent, or would not be: earlier runs have confirmed what they say.

    Attributes:
        rows: So many, with those that repeat them.
        since: When the oldest of these confirmations was sent, RFC 3339; "" where there is none.
    """

    rows: int
    since: str = ""


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt of the past, whatever row it was of.

    Attributes:
        sent_at: In seconds since the epoch.
        latency_s: How long it took, to its reply or until it was given up; None where it was cut off.
        http_status: Of the reply; None where none came, so that its latency is none of a reply.
        confirmed: Its row was updated by it.
        useless: Its reply, whatever status it has, says nothing of the customer: no object, or another customer's.
    """

    sent_at: float
    latency_s: float | None
    http_status: int | None
    confirmed: bool
    useless: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in one object: what `summary.json` and `--json` show. Times are RFC 3339, UTC.

    Attributes:
        exit_code: None for a run that was cut off, and not gone on with.
        finished_at: None for such a run.
        left_out: What of the source did not come along into the annotated sheet as it was, in sentences.
        asides: What else is not in it as it was, in sentences: only who looks closely wants to know.
        started_by: The name of the user, as the system knows it; "" where nobody knows.
        retry_of: The run whose rows it sent again.
        fix_of: The runs whose `to_fix` files its rows come from.
        changes: What differs from what was last confirmed; None where nothing was compared.
        redacted: Names and addresses are masked in the reports.
        resumable: It can be gone on with; None where that follows from how it ended.
        would_be_sent: As of a `PastRun`.
        unanswered: Requests left, and nobody has answered any of them.
        resting: As of a `PastRun`.
    """

    run_id: str
    version: str
    mode: Mode
    exit_code: int | None
    stop_reason: StopReason | None
    started_at: str
    finished_at: str | None
    seconds: float
    source: SourceInfo
    target: Target
    statuses: Mapping[Status, int]
    attempts: int
    causes: Sequence[Cause] = ()
    reports: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    started_by: str = ""
    retry_of: str | None = None
    fix_of: Sequence[str] = ()
    changes: Changes | None = None
    redacted: bool = False
    resumable: bool | None = None
    would_be_sent: int | None = None
    unanswered: bool = False
    asides: Sequence[str] = ()
    resting: Resting | None = None

    @property
    def balanced(self) -> bool:
        """Whether every row of the source has exactly one status."""
        return sum(self.statuses.values()) == self.source.rows
