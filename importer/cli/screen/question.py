"""What a person is asked before anything is sent, and what is said where nobody can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from importer.errors import SettingsError
from importer.model.run import Changes
from importer.model.source import FIELDS, Field
from importer.model.statuses import Status
from importer.phrases import listed, quoted
from importer.reports.saying.figures import counted
from importer.story.order import Plan, Stake

_MOST_PLACES: Final = 5
_ASIDE: Final = {
    Status.INVALID: "invalid",
    Status.SETTLED: "settled",
    Status.UNCHANGED: "unchanged",
    Status.NOT_SENT: "left out",
}
"""What is said of rows that are not to be sent, before anything is."""


def question(plan: Plan) -> str:
    """Return what is asked."""
    return f"Send {counted(plan.to_send, 'request')}?"


def facts(plan: Plan, stake: Stake, source: str) -> Iterator[str]:
    """Yield what a person should know who is asked, a line each.

    Args:
        plan: What will be sent.
        stake: What is at stake.
        source: What messages call the source.
    """
    rows = f"{plan.to_send:,} of {counted(plan.source.rows, 'row')} of {quoted([source])}"
    others = ", ".join(_others(plan))
    yield f"To be sent to {plan.target.base_url}: {rows}{others and f' ({others})'}"
    for group, account, count in stake.places[:_MOST_PLACES]:
        yield f"  {counted(count, 'row')} to group {group}, account {account}"
    if further := stake.places[_MOST_PLACES:]:
        places = counted(len(further), "other group or account", "other groups or accounts")
        yield f"  {counted(sum(count for *_, count in further), 'row')} to {places}"
    to_default = plan.source.detected.to_default if plan.source.detected else {}
    for name, count in to_default.items():
        has, takes = ("has", "its own, and takes") if count == 1 else ("have", "their own, and take")
        yield f"  Of all valid rows, {count:,} {has} no {FIELDS[Field(name)]} of {takes} that of the run"
    if stake.hidden:
        are = "It is" if plan.to_send == 1 else f"{stake.hidden:,} of them {'is' if stake.hidden == 1 else 'are'}"
        yield f"  {are} hidden in the sheet, by its filter or by hand"
    yield f"  Since last confirmed: {_changed(stake.changes, plan.to_send)}"


def _others(plan: Plan) -> Iterator[str]:
    """Yield how many rows are not sent, and why: those without an outcome take that of the row that they repeat."""
    yield from (f"{count:,} {word}" for status, word in _ASIDE.items() if (count := plan.statuses[status]))
    repeats = plan.source.rows - plan.to_send - sum(plan.statuses.values())
    if repeats > 0:
        yield counted(repeats, "repeats another", "repeat others")


def nobody_to_ask() -> SettingsError:
    """Return the error of a process that is to send, is not told to do so unasked, and has nobody to ask."""
    return SettingsError(
        "Nobody can be asked before sending: there is no terminal, or this process is in the background of it.",
        code="nobody_to_ask",
        hint="Give --yes to send without being asked.",
    )


def _changed(changes: Changes | None, rows: int) -> str:
    """Return how many rows differ from what was last confirmed of their customers."""
    if changes is None:
        return "nothing is known of these customers"
    differing = [f"{FIELDS[field]} {count:,}" for field, count in changes.fields.items() if count]
    other = f"{counted(changes.compared - changes.same, 'row')} changed"
    unknown = rows - changes.compared
    return ", ".join(
        filter(
            None,
            (
                f"{other} ({listed(differing)})" if differing else other,
                f"{changes.same:,} the same",
                f"{unknown:,} not known" if unknown else "",
            ),
        )
    )
