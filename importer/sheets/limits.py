"""What a source is held to, so that no hostile file takes the machine with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:  # heavy, and not needed in the process that parses
    from importer.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a workbook, so that none takes the machine with it.

    Attributes:
        max_entries: Files in its archive.
        max_unpacked_bytes: All of them unpacked.
        max_ratio: How many times larger a file in it may be unpacked; not asked of files below `ratio_from_bytes`. How
            many times as much its cells may hold as the file; not asked below `free_text_bytes`.
        ratio_from_bytes: From what unpacked size on the ratio counts.
        free_text_bytes: So much may be in the cells of the smallest file.
        free_cells: So many cells of a sheet may hold something even if there is less than a byte for each of them.
        free_tags: So many tags, those that end an element too, may be in a part of a file of up to one MiB.
        tags_per_byte: And so many more for each byte beyond that.
        sparse_area: From how many cells on the rectangle around all that hold something is looked at.
        max_gaps: How many times more cells it may have than there are that hold something.
        memory_bytes: What parsing may take beside what it takes to start.
        memory_per_byte: And so much for each byte of the file.
        max_memory_bytes: But no more than this.
        seconds: How long the processor may work on the first MB of a file.
        seconds_per_mb: And so much longer on each further one.
    """

    max_entries: int = 10_000
    max_unpacked_bytes: int = 2 * 1024**3
    max_ratio: int = 200
    ratio_from_bytes: int = 10 * 1024**2
    free_text_bytes: int = 64 * 1024**2
    free_cells: int = 300_000
    free_tags: int = 4_000_000
    tags_per_byte: int = 8
    sparse_area: int = 2_000_000
    max_gaps: int = 50
    memory_bytes: int = 220 * 1024**2
    memory_per_byte: int = 40
    max_memory_bytes: int = 4 * 1024**3
    seconds: float = 1.5
    seconds_per_mb: float = 3.0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits that are set."""
        return cls(
            max_entries=settings.max_archive_files,
            max_unpacked_bytes=settings.max_unpacked_mb * 1024**2,
            max_ratio=settings.max_unpack_ratio,
            memory_bytes=settings.reading_memory_mb * 1024**2,
            seconds=settings.reading_seconds,
        )

    def setting(self, name: str) -> str:
        """Return the variable that sets the limit of that name."""
        return _SETTINGS[name]

    def memory_for(self, file_bytes: int) -> int:
        """Return how many bytes parsing a file of that size may take."""
        return min(self.memory_bytes + self.memory_per_byte * file_bytes, self.max_memory_bytes)

    def text_for(self, file_bytes: int) -> int:
        """Return how much text may come out of the cells of a file of that size."""
        return max(self.free_text_bytes, self.max_ratio * file_bytes)

    def tags_for(self, file_bytes: int) -> int:
        """Return how many tags a part may have in a file of that size."""
        return self.free_tags + self.tags_per_byte * max(file_bytes - 1024**2, 0)

    def seconds_for(self, file_bytes: int) -> float:
        """Return how long the processor may work on a file of that size."""
        return self.seconds + self.seconds_per_mb * max(file_bytes / 1024**2 - 1, 0)


DEFAULT_LIMITS: Final = Limits()
_SETTINGS: Final[Mapping[str, str]] = {
    "max_entries": "IMPORTER_MAX_ARCHIVE_FILES",
    "max_unpacked_bytes": "IMPORTER_MAX_UNPACKED_MB",
    "max_ratio": "IMPORTER_MAX_UNPACK_RATIO",
    "memory_bytes": "IMPORTER_READING_MEMORY_MB",
    "seconds": "IMPORTER_READING_SECONDS",
}
