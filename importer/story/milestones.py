"""How far the journal has come, told outside of the state directory, for whoever puts that back from a backup.

It is told beside the state directory, and in the list of runs beside their folders. Where neither is there any more,
nobody knows, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import ImporterError, RunAbandonedError
from importer.journal.journal import Journal
from importer.lock import index_lock
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.model.stop_reasons import StopReason
from importer.reports.files import write_text
from importer.reports.page.index_page import INDEX_NAME, mark_of
from importer.settings import Settings
from importer.story.order import Order
from importer.story.run_index import Indexing
from importer.times import rfc3339

_LOST: Final = (
    "Before this run, the journal was put back from a backup: what was sent between that and this run is not in it."
)


@dataclass(frozen=True, slots=True)
class GenerationMarks:
    """What is told of a journal outside of its state directory.

    Attributes:
        journal: The journal.
        settings: Of the command.
    """

    journal: Journal
    settings: Settings

    def highest(self, folders: Iterable[Path]) -> int:
        """Return the highest generation that is told of, beside the state and these folders of reports; 0 for none."""
        parents = dict.fromkeys(folder.parent for folder in folders)
        texts = [_text(self._path), *(mark_of(parent / INDEX_NAME) for parent in parents)]
        return max(map(self.journal.generations.told, texts))

    def highest_known(self, *folders: Path) -> int:
        """Return the same of these folders, and of those of all runs that the journal knows."""
        return self.highest([*folders, *self.journal.generations.folders()])

    def write(self) -> None:
        """Write the generation beside the state directory, durably, unless a higher one stands there.

        It is no error where nobody may write there.
        """
        generations, path = self.journal.generations, self._path
        with suppress(ImporterError), index_lock(self.settings.state_folder()):
            generation = generations.current()
            if generation > generations.told(_text(path)):
                write_text(path, generations.as_text(generation) + "\n")

    @property
    def _path(self) -> Path:
        state = self.settings.state_folder()
        return state.with_name(f".{state.name}.generation")


@dataclass(frozen=True, slots=True)
class Milestones:
    """The milestones of one journal: a process begins to send to a place outside, or has come to its end.

    Attributes:
        journal: The journal.
        settings: Of the command.
        order: What is asked for. Only what sends to a place outside passes milestones.
        wall: Returns the time, in seconds since the epoch.
    """

    journal: Journal
    settings: Settings
    order: Order
    wall: Callable[[], float]

    def expect_newest(self, past: PastRun, otherwise: str = "to send its rows could undo that") -> None:
        """Make sure that the journal knows all that came after a run which is to be gone on with, or retried.

        Args:
            past: The run.
            otherwise: What could come of it.

        Raises:
            RunAbandonedError: It does not, and nobody has said to go on all the same (`older_journal`).
        """
        if not self._counts:
            return
        generations, known = self.journal.generations, self._marks.highest_known(*past.folders)
        is_older = known > generations.current() or generations.is_lost_since(past.number)
        if is_older and not self.settings.older_journal:
            raise RunAbandonedError(
                f"The journal {self.journal.path} is older than what was done with it, as after it was put back from a"
                f" backup: it does not know what was sent since, by run {past.run_id} itself or by later ones, and"
                f" {otherwise}.",
                code=StopReason.OLDER_JOURNAL,
                hint="Nothing was done. Put the newest state directory back; or, where nothing was sent since to the"
                " same customers, go on all the same with --older-journal.",
            )
        generations.catch_up(known, now=rfc3339(self.wall()))

    def known_before(self, folder: Path) -> int:
        """Return the generation after which a new run with this folder begins; 0 where that is no matter.

        Nothing that was lost is later than the run: it may be gone on with. What sends nothing has to know, too, how
        far the journal is to be believed.
        """
        return 0 if self.order.sandbox else self._marks.highest_known(folder)

    def sending(self, folder: Path) -> None:
        """Tell that a process begins to send, before it does.

        Args:
            folder: Of the run's reports.

        Raises:
            JournalError, LockedError: The journal cannot be written.
        """
        if self._counts:
            self.journal.generations.advance()
            self._marks.write()
        Indexing(self.journal, self.settings).beside(folder)

    def ended(self, number: int, folder: Path) -> Sequence[str]:
        """Tell that a process of a run, by its number, has come to its end.

        Args:
            number: Of the run.
            folder: Of its reports.

        Returns:
            What a person should know, in sentences: that something was lost before the run, and what kept the list of
            runs from being written. A run without reports is on no list beside them.
        """
        lost = False
        if self._counts:
            with suppress(ImporterError):  # all is done by now, and the next milestone tells more
                self.journal.generations.advance()
                lost = self.journal.generations.is_lost_before(number)
            self._marks.write()
        not_indexed = Indexing(self.journal, self.settings).beside(folder) if self.order.reports else ""
        return [*([_LOST] if lost else []), *([not_indexed] if not_indexed else [])]

    @property
    def _counts(self) -> bool:
        return self.order.mode is Mode.RUN and not self.order.sandbox

    @property
    def _marks(self) -> GenerationMarks:
        return GenerationMarks(self.journal, self.settings)


def _text(path: Path) -> str:
    """Return what stands in a file; "" where it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
