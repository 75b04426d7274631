"""The parts of a package, wherever they are: in an archive on the disk, or still to be written."""

from __future__ import annotations

from typing import Protocol

from importer.errors import SourceError


class Parts(Protocol):
    """What can be read as the parts of a package; names are compared whatever their case."""

    def __contains__(self, part: str) -> bool:
        """Whether there is a part of that name."""
        ...

    def read(self, part: str, max_bytes: int) -> bytes:
        """Return a part as a whole; raise `SourceError` where it is not there, damaged, or larger than that."""
        ...

    def damaged(self, why: str) -> SourceError:
        """Return the error for a workbook that is not as a workbook should be; `why` is a part of a sentence."""
        ...
