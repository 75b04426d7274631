"""A source is read once it is whole: nobody writes it while it is read, nor before what it says is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from importer.errors import SourceError
from importer.model.source import STANDARD_INPUT

LONGEST: Final = 60
"""So many times as long as a file must stand still is it waited for at most."""
_LOOKS: Final = 4
_LONGEST_NAP_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when somebody writes a file: its size in bytes, and when it was changed, in nanoseconds."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return how a file is now; None where there is none that can be looked at."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A source as it was before it was read, to be compared with what it is later.

    Standard input has neither size nor time, and is never another one.

    Attributes:
        source: As it was given.
        before: How it was; None where it has no size.
    """

    source: Path
    before: FileState | None

    @classmethod
    def since_now(cls, source: Path) -> Self:
        """Look at a source that is about to be read."""
        return cls(source, None if source == STANDARD_INPUT else FileState.of(source))

    def expect(self, copy: Path | None = None) -> None:
        """Raise `SourceError` (`source_changed`) where it is not as it was any more, or is gone.

        Args:
            copy: A copy of it, which must be as long; None for no copy.
        """
        if self.before is None:
            return
        size = self.before.size if copy is None else copy.stat().st_size
        if FileState.of(self.source) == self.before and size == self.before.size:
            return
        raise SourceError(
            f"{self.source} was changed, or taken away, since this command began to read it.",
            code="source_changed",
            hint="Nothing was sent. Let whoever writes the file come to an end, and try again; --settle SECONDS waits"
            " until it stands still.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stillness:
    """How to wait until a file is not written any more.

    Attributes:
        settle_s: So long must its size and time stand still; 0 for not waiting at all.
        clock: Returns seconds that never go back.
        sleep: Lets seconds pass.
        given_up: Is asked before each look; what it raises ends the waiting.
    """

    settle_s: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    given_up: Callable[[], object] = lambda: None

    def wait(self, source: Path) -> None:
        """Wait until a source stands still; standard input and what is not there do not move.

        Raises:
            SourceError: It does not, though it was waited for 60 times as long (`source_changed`).
        """
        state = None if source == STANDARD_INPUT else FileState.of(source)
        if not self.settle_s or state is None:
            return
        begun = still_since = self.clock()
        while (now := self.clock()) - still_since < self.settle_s:
            if now - begun > LONGEST * self.settle_s:
                raise SourceError(
                    f"{source} is still being written: it has not stood still for {self.settle_s:g} seconds"
                    f" within {LONGEST * self.settle_s:g}.",
                    code="source_changed",
                    hint="Nothing was sent. Try again once the file is whole.",
                )
            self.given_up()
            self.sleep(min(self.settle_s / _LOOKS, _LONGEST_NAP_S))
            seen = FileState.of(source)
            if seen != state:
                state, still_since = seen, self.clock()
