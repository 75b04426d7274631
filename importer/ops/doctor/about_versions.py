"""The versions of what a run stands on, and which of them is too old."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from importer.ops.doctor.finding import Finding, fine, warning, wrong
from importer.phrases import listed

NEEDED: Final[Mapping[str, tuple[int, ...]]] = {
    "Python": (3, 11),
    "SQLite": (3, 37),
    "OpenSSL": (1, 1, 1),
    "pandas": (3, 0),
    "requests": (2, 32, 4),
    "urllib3": (2, 6),
    "pycurl": (7, 49),
}
"""The oldest of each that will do; of what is installed beside the importer, as pyproject.toml has it."""
_UNDECIDED: Final = frozenset({"pycurl"})
"""What need not be there."""


@dataclass(frozen=True, slots=True)
class RunningPart:
    """Something that a run stands on.

    Attributes:
        version: As it calls itself; "" where it is not there.
    """

    name: str
    version: str

    @property
    def is_old(self) -> bool:
        """Whether it is older than what is needed."""
        needed = NEEDED.get(self.name, ())
        return bool(self.version) and numbers(self.version)[: len(needed)] < needed


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with.

    Example: `numbers("3.0.2.post1")` is `(3, 0, 2)`.
    """
    found = re.match(r"\D*(\d+(?:\.\d+)*)", version)
    return tuple(map(int, found[1].split("."))) if found else ()


def about_versions(parts: Sequence[RunningPart], wire: str, fault: str, to_do: str) -> Finding:
    """Return what is to be said of versions.

    Args:
        parts: What a run stands on.
        wire: What sends.
        fault: Why what is asked for cannot send; "" for nothing.
        to_do: What to do about that.
    """
    values = {part.name.lower(): part.version or None for part in parts} | {"wire": wire or None}
    found = ", ".join(f"{part.name} {part.version}" for part in parts if part.version)
    if fault:
        return wrong("versions", fault.removesuffix("."), to_do, **values)
    lacking = [part.name for part in parts if not part.version and part.name not in _UNDECIDED]
    if lacking:
        return wrong("versions", f"{listed(lacking)} cannot be found", "Install the importer again.", **values)
    old = [f"{part.name} {'.'.join(map(str, NEEDED[part.name]))}" for part in parts if part.is_old]
    if old:
        # The journal refuses an SQLite that is too old; the others may do.
        grade = wrong if any(part.is_old and part.name == "SQLite" for part in parts) else warning
        return grade("versions", found, f"At least {listed(old)} is needed: install the importer again.", **values)
    return fine("versions", f"{found}; {wire} sends", **values)
