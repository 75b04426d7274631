"""The file that a table is read from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, and what messages call it: a run reads a copy of its own, whose name would tell a person nothing.

    Attributes:
        container: What it was packed in, `gz` or `zip`; None where it was not.
    """

    path: Path
    name: str
    container: str | None = None
