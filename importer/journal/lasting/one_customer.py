"""What the journal knows of one customer: the rows that are about it, and what was last confirmed of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from importer.journal.confirmations import PATIENCE
from importer.journal.database import aside, explained, read
from importer.journal.packed.ids_and_times import packed_id, unpacked_time
from importer.journal.packed.numbered_names import name_of
from importer.journal.past import past_runs
from importer.model.run import NOWHERE, PastRun
from importer.model.statuses import Status

# All that depends on how `rows` and `confirmed` are laid out is in these three statements.
_WHERE: Final = "SELECT run, count(*), json_group_array(row) FILTER (WHERE customer = :customer) FROM rows GROUP BY run"
"""How many rows each run still has, and which of them are about the customer: one pass, since no index is on rows."""
_ROWS: Final = (
    f"SELECT row, {name_of('group_number')}, {name_of('account_number')}, status, code, message, http_status,"
    " attempts, sent_at, updated_at, phase = 1, maybe, (SELECT run_id FROM runs WHERE number = rests_on) FROM rows"
    " WHERE run = :run AND row IN (SELECT value FROM json_each(:rows)) ORDER BY row"
)
_CONFIRMED: Final = (
    f"SELECT {name_of('base_number')}, {name_of('group_number')}, {name_of('account_number')}, confirmed.run,"
    " confirmed.updated_at, confirmed.sent_at, confirmed.patience, confirmed.tried, runs.digest_key FROM confirmed"
    " JOIN runs ON runs.number = confirmed.run WHERE confirmed.customer = :customer"
    " ORDER BY confirmed.run DESC, 1, 2"
)

_GAPS: Final = "SELECT after_run, noticed_at FROM gaps ORDER BY after_run"


class Mistrust(StrEnum):
    """Why what was last confirmed of a customer is not relied on. The spelling is an interface."""

    SENT_SINCE = "sent_since"
    OLDER_JOURNAL = "older_journal"
    OTHER_KEY = "other_key"
    NO_ACCOUNT = "no_account"
    IN_FUTURE = "in_future"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersRow:
    """A row that is about the customer, in one run.

    Attributes:
        run: The run.
        group_id: Where it went, or would have gone; None where neither the row nor who began the check has said it.
        linked_account_id: The same.
        status: What it has ended as; None where it has no outcome.
        code: Of the outcome, or of what came of earlier attempts.
        message: The same in a sentence; without what is said of the row's cells, and of what it rests on.
        sent_at: When its last attempt was about to leave, in seconds since the epoch; None where there was none.
        updated_at: As the API has told it; "" where it did not.
        in_flight: It was about to be sent, or sent, and has no outcome since.
        in_doubt: An attempt of it may have been applied, and nobody knows.
        rests_on: The id of the run that had confirmed its values, so that it was not sent; None where it rests on none.
    """

    run: PastRun
    row: int
    group_id: str | None
    linked_account_id: str | None
    status: Status | None
    code: str
    message: str
    http_status: int | None
    attempts: int
    sent_at: float | None
    updated_at: str
    in_flight: bool
    in_doubt: bool
    rests_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastConfirmation:
    """What was last confirmed of the customer at a base URL and in a group, unless other values were sent since.

    Attributes:
        linked_account_id: Through which it was sent; None where an older version has noted it.
        run: The run that has confirmed it.
        updated_at: As the API has told it; "" where an older version has noted it.
        sent_at: When the confirmed attempt left, in seconds since the epoch; None where an older version has noted it.
        until: So long it is relied on, in seconds since the epoch, if nothing else stands against it; None: not at all.
        mistrust: Why `--skip-unchanged` does not rely on it; None where it does.
    """

    base_url: str
    group_id: str
    linked_account_id: str | None
    run: PastRun
    updated_at: str
    sent_at: float | None
    until: float | None
    mistrust: Mistrust | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHistory:
    """All that the journal knows of one customer.

    Attributes:
        customer_id: As it is compared.
        rows: Those that are about it: of the newest run first, and of each in their order.
        last_confirmed: Of the newest run first.
        rows_gone: The runs that have had rows which are not kept any more, the newest first: whether those were about
            the customer, nobody knows.
        lost_at: Each time that the journal has lost something: when that was noticed, or, of a backup that was put
            back, when that was made (RFC 3339); the oldest loss first.
        is_outdated: A later state of the journal is told of elsewhere.
    """

    customer_id: str
    rows: Sequence[CustomersRow]
    last_confirmed: Sequence[LastConfirmation]
    rows_gone: Sequence[PastRun]
    lost_at: Sequence[str]
    is_outdated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What it depends on how long a confirmation is relied on.

    Attributes:
        now: The time, in seconds since the epoch.
        longest_s: No confirmation is relied on for longer, in seconds.
        is_outdated: A later state of the journal is told of elsewhere.
    """

    now: float
    longest_s: float
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class Customers:
    """What a journal knows of customers.

    Attributes:
        key: The fingerprint of the key of its digests.

    Raises:
        JournalError: From every method, where the journal cannot be read.
    """

    connection: sqlite3.Connection
    path: Path
    key: str

    def history(self, customer_id: str, trust: Trust) -> CustomerHistory:
        """Return what is known of a customer, all of it at one moment; that takes one pass over all rows.

        Args:
            customer_id: As it is compared (`normal_id`).
            trust: What confirmations are held to.
        """
        with explained(self.path), aside(self.connection):
            return self._history(customer_id, past_runs(self.connection, self.path.parent), trust)

    def _history(self, customer_id: str, runs: Sequence[PastRun], trust: Trust) -> CustomerHistory:
        kept, found = {}, {}
        for number, count, rows in self._all(_WHERE, customer=packed_id(customer_id)):
            kept[number] = count
            if rows != "[]":
                found[number] = rows
        gaps = self._all(_GAPS)
        return CustomerHistory(
            customer_id=customer_id,
            rows=[row for run in runs if run.number in found for row in self._rows(run, found[run.number])],
            last_confirmed=list(
                self._last_confirmed(customer_id, {run.number: run for run in runs}, trust, max(gaps, default=(0,))[0])
            ),
            rows_gone=[run for run in runs if run.checked and kept.get(run.number, 0) < run.source.rows],
            lost_at=[noticed_at for _, noticed_at in gaps],
            is_outdated=trust.is_outdated,
        )

    def _rows(self, run: PastRun, numbers: str) -> Iterator[CustomersRow]:
        for row, group_id, account_id, status, *said, in_flight, maybe, rests_on in self._all(
            _ROWS, run=run.number, rows=numbers
        ):
            code, message, http_status, attempts, sent_at, updated_at = said
            is_open = status == Status.UNCHANGED and not run.checked  # it may turn out to contradict another one
            yield CustomersRow(
                run=run,
                row=row,
                group_id=_named(group_id),
                linked_account_id=_named(account_id),
                status=None if status is None or is_open else Status(status),
                code=code,
                message=message,
                http_status=http_status,
                attempts=attempts,
                sent_at=sent_at,
                updated_at="" if is_open else unpacked_time(updated_at),
                in_flight=bool(in_flight),
                in_doubt=status == Status.UNCONFIRMED or (status is None and bool(in_flight or maybe)),
                rests_on=None if is_open else rests_on,
            )

    def _last_confirmed(
        self, customer_id: str, runs: Mapping[int, PastRun], trust: Trust, newest_gap: int
    ) -> Iterator[LastConfirmation]:
        for base_url, group_id, account_id, number, updated_at, sent_at, patience, tried, key in self._all(
            _CONFIRMED, customer=packed_id(customer_id)
        ):
            until = None if sent_at is None else sent_at + trust.longest_s * (PATIENCE + patience) / (2 * PATIENCE)
            reasons = {
                Mistrust.SENT_SINCE: tried,
                Mistrust.OLDER_JOURNAL: number <= newest_gap or trust.is_outdated,
                Mistrust.OTHER_KEY: key != self.key,
                Mistrust.NO_ACCOUNT: account_id is None or sent_at is None,
                Mistrust.IN_FUTURE: sent_at is not None and sent_at > trust.now,
                Mistrust.TOO_OLD: until is not None and until <= trust.now,
            }
            yield LastConfirmation(
                base_url=base_url,
                group_id=group_id,
                linked_account_id=account_id,
                run=runs[number],
                updated_at=unpacked_time(updated_at),
                sent_at=sent_at,
                until=until,
                mistrust=next((why for why, holds in reasons.items() if holds), None),
            )

    def _all(self, query: str, **values: object) -> Sequence[tuple[Any, ...]]:
        return list(read(self.connection, self.path, query, values))


def _named(group_or_account: str | None) -> str | None:
    return None if group_or_account == NOWHERE else group_or_account
