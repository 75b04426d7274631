"""What an examination has found: one line of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Value = str | int | float | bool | None | list[str]

NAMES: Final = (
    "settings",
    "key",
    "target",
    "certificate",
    "clock",
    "state",
    "commit",
    "journal",
    "digests",
    "lock",
    "unfinished",
    "last run",
    "schedule",
    "versions",
)
"""What is looked at, in the order in which it is shown."""


class Grade(StrEnum):
    """How bad it is. What could not be found out is a warning."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing.

    Attributes:
        name: What was looked at, one of `NAMES`.
        grade: How bad that is.
        found: What was found, a sentence without its full stop, and without what is nobody's business.
        to_do: What a person should do, in sentences; "" for nothing.
        values: The same for programs.
    """

    name: str
    grade: Grade
    found: str
    to_do: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


def fine(name: str, found: str, **values: Value) -> Finding:
    """Return that something is as it should be."""
    return Finding(name, Grade.FINE, found, values=values)


def warning(name: str, found: str, to_do: str = "", **values: Value) -> Finding:
    """Return that something is unwise, will go wrong some day, or is not known."""
    return Finding(name, Grade.WARNING, found, to_do, values)


def wrong(name: str, found: str, to_do: str, **values: Value) -> Finding:
    """Return that a run would fail."""
    return Finding(name, Grade.WRONG, found, to_do, values)


def worst(findings: Iterable[Finding]) -> Grade:
    """Return how bad the worst of all is.

    Example: `worst([])` is `Grade.FINE`.
    """
    order = list(Grade)
    return max((finding.grade for finding in findings), key=order.index, default=Grade.FINE)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order in which they are shown."""
    return sorted(findings, key=lambda finding: NAMES.index(finding.name))
