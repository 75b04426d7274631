"""What `importer find` knows of a customer, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from importer.cli.screen.past_runs import kind
from importer.cli.screen.tables import lines
from importer.cli.screen.wrapping import wide
from importer.journal.lasting.one_customer import CustomerHistory, CustomersRow, LastConfirmation, Mistrust
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.model.statuses import Status
from importer.reports.saying.figures import counted
from importer.reports.saying.words import as_sentences
from importer.times import local, rfc3339

_APPLIED: Final = frozenset({Status.UPDATED, Status.MISMATCH})
"""The API has applied something."""
_MISTRUSTS: Final[Mapping[Mistrust, str]] = {
    Mistrust.SENT_SINCE: "something was sent to the customer since that was not confirmed",
    Mistrust.OLDER_JOURNAL: "the journal was put back from a backup, and does not know all that was sent since",
    Mistrust.OTHER_KEY: "the key of the journal's digests is another one since",
    Mistrust.NO_ACCOUNT: "an older version of the importer has noted it, without the account",
    Mistrust.IN_FUTURE: "by the clock of this machine, that is in the future",
    Mistrust.TOO_OLD: "it is too old",
}
_HEADER: Final = ("started", "run", "what", "row", "status", "updated at", "HTTP", "tries", "source")
_RIGHT: Final = frozenset({"row", "HTTP", "tries"})


def told_customer(history: CustomerHistory, *, everything: bool, most: int | None, width: int | None) -> Iterator[str]:
    """Yield the lines about a customer: whether it was changed, its rows, what was last confirmed, what nobody knows.

    Args:
        history: What is known.
        everything: With the rows of checks and dry runs.
        most: So many rows, the newest; None for all.
        width: Of a line of the terminal; None where it is none.
    """
    of_runs = [row for row in history.rows if row.run.mode is Mode.RUN]
    shown = (history.rows if everything else of_runs)[:most]
    yield _answer(history.customer_id, of_runs)
    if shown:
        yield ""
        yield from _table(shown, width)
        yield ""
    yield from _left_out(len(of_runs) - len(shown), len(history.rows) - len(of_runs), everything=everything)
    yield from _last_confirmed(history, of_runs)
    yield from _not_known(history, everything=everything)


def _answer(customer_id: str, of_runs: Sequence[CustomersRow]) -> str:
    """Return in a sentence whether the API has applied anything to the customer."""
    if not of_runs:
        return (
            f"No run that is known here has taken up customer {customer_id}."
            " (Rows that are invalid, hidden or settled are not known by their customers.)"
        )
    outside = [row for row in of_runs if not _is_sandbox(row.run)]
    applied = [row for row in outside if row.status in _APPLIED]
    doubtful = sum(row.in_doubt for row in outside)
    maybe = f"; of {counted(doubtful, 'row')} nobody knows whether the API has applied it" if doubtful else ""
    if not applied:
        return f"Customer {customer_id} was not updated, as far as is known here{maybe}."
    newest = applied[0]
    when = _time(newest.updated_at) or local(newest.run.started_at)
    times = "once" if len(applied) == 1 else f"{len(applied):,} times, last"
    where = f"by run {newest.run.run_id}, row {newest.row} of {Path(newest.run.source.path).name}"
    return f"Customer {customer_id} was updated {times} at {when} {where}{maybe}."


def _table(rows: Sequence[CustomersRow], width: int | None) -> Iterator[str]:
    """Yield a line for each row, what was said of it below it, and where it went wherever that is not as above."""
    cells = [
        (
            local(row.run.started_at),
            row.run.run_id,
            _what(row.run),
            str(row.row),
            _status(row),
            _time(row.updated_at),
            "" if row.http_status is None else str(row.http_status),
            str(row.attempts),
            Path(row.run.source.path).name,
        )
        for row in rows
    ]
    header, *table = lines(_HEADER, cells, right=_RIGHT)
    if width is None or max(map(wide, (header, *table))) <= width:
        yield header
    else:
        table = [_line(row, columns) for row, columns in zip(rows, cells, strict=True)]
    above = ""
    for row, line in zip(rows, table, strict=True):
        place = _place(row)
        if place != above:
            yield f"{place}:"
            above = place
        yield line
        yield from (f"    {said}" for said in _said(row))


def _line(row: CustomersRow, columns: Sequence[str]) -> str:
    """Return what a line of the table says where the terminal is too narrow for that."""
    started, run_id, what, number, status, updated_at, http_status, _, source = columns
    when = f" at {updated_at}" if updated_at else ""
    tries = counted(row.attempts, "try", "tries") if row.attempts else "not sent"
    answered = f", HTTP {http_status}" if http_status else ""
    return f"{run_id}  {started}, {what}: row {number} of {source} is {status}{when} ({tries}{answered})"


def _place(row: CustomersRow) -> str:
    """Return where a row went, or would have gone."""
    group = f"group {row.group_id}" if row.group_id else ""
    account = f"account {row.linked_account_id}" if row.linked_account_id else ""
    return ", ".join(filter(None, (row.run.target.base_url, group, account))) or "nowhere"


def _is_sandbox(past: PastRun) -> bool:
    return bool(past.asked.get("sandbox"))


def _what(past: PastRun) -> str:
    """Return what a run was for; one that sent to the embedded API is marked: it has updated nobody."""
    return f"{kind(past)} (sandbox)" if _is_sandbox(past) else kind(past)


def _status(row: CustomersRow) -> str:
    if row.status is not None:
        return row.status.value
    if row.in_flight:
        return "(in flight)" if row.run.at_work else "(was in flight)"
    return "(to be tried again)" if row.in_doubt else "(no outcome yet)"


def _said(row: CustomersRow) -> Iterator[str]:
    """Yield what is known of a row in sentences."""
    if row.message:
        code = f"{row.code}: " if row.code else ""
        yield f"{code}{as_sentences(row.message)}"
    elif row.code:
        yield row.code
    if row.rests_on is not None and row.status in (Status.UNCHANGED, Status.VALID):
        yield f"Run {row.rests_on} has confirmed the same values."
    if row.status is None and row.in_doubt:
        yield "It may or may not have been applied."


def _left_out(runs: int, checks: int, *, everything: bool) -> Iterator[str]:
    """Yield what the table does not show."""
    if everything:
        return
    if runs > 0:
        yield f"and {counted(runs, 'older row')}: --all lists them."
    if checks:
        yield f"{counted(checks, 'row')} of checks and dry runs, which change nothing: --all lists them too."


def _last_confirmed(history: CustomerHistory, of_runs: Sequence[CustomersRow]) -> Iterator[str]:
    """Yield what was last confirmed of the customer, and whether that is relied on."""
    if history.last_confirmed:
        yield "Last confirmed:"
        yield from (f"  {_confirmation(one)}" for one in history.last_confirmed)
    elif any(row.attempts and not _is_sandbox(row.run) for row in of_runs):
        yield "Last confirmed: nothing that still holds, as far as is known here."


def _confirmation(one: LastConfirmation) -> str:
    when = _time(one.updated_at) or local(one.run.started_at)
    account = f", account {one.linked_account_id}" if one.linked_account_id else ""
    if one.mistrust is None:
        trust = f"--skip-unchanged relies on it until {_time(rfc3339(one.until or 0.0))}."
    else:
        trust = f"--skip-unchanged does not rely on it: {_MISTRUSTS[one.mistrust]}."
    return f"{when} by run {one.run.run_id}, {one.base_url}, group {one.group_id}{account}. {trust}"


def _not_known(history: CustomerHistory, *, everything: bool) -> Iterator[str]:
    """Yield what else there may have been, of which nobody knows here."""
    gone = [past for past in history.rows_gone if everything or past.mode is Mode.RUN]
    if gone:
        what = ("older run, check or dry run", "older runs, checks and dry runs") if everything else ("older run", "")
        newest = f"the newest of {local(gone[0].started_at)}" if len(gone) > 1 else f"of {local(gone[0].started_at)}"
        yield (
            f"Rows of {counted(len(gone), *what)} are no longer kept, {newest}:"
            " whether the customer was among them, nobody knows."
        )
    for noted_at in history.lost_at:
        when = local(noted_at)
        yield f"The journal was put back from a backup (noted on {when}): what was sent between is not in it."
    if history.is_outdated:
        yield "The journal is older than what was done with it, as after it was put back from a backup."


def _time(text: str) -> str:
    return local(text) if text else ""
