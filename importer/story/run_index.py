"""The index of runs, from the journal: in the folder that holds run folders, and wherever it is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.called_as import as_called
from importer.errors import ImporterError, ReportError
from importer.journal.journal import Journal
from importer.lock import index_lock
from importer.model.modes import Mode
from importer.model.run import PastRun, State
from importer.model.source import STANDARD_INPUT
from importer.reports.files import remove_old_drafts
from importer.reports.page.index_page import INDEX_NAME, IndexedRun, is_ours, mark_of, write_index
from importer.reports.page.run_page import REPORT_NAME
from importer.reports.saying.calling import Calling
from importer.reports.saying.next_steps import to_correct
from importer.reports.saying.verdict import verdict
from importer.settings import Settings
from importer.story.profiles.said_by_file import calling

_STATES: Final = {
    State.RUNNING: "at work when this page was written",
    State.UNFINISHED: "unfinished",
    State.ENDED: "ended",
    State.FORGOTTEN: "cut off and forgotten",
    State.CUT_OFF: "cut off",
}
_MOST: Final = 500
"""So many runs are listed beside their folders, where it is written twice a run."""
_TO_GO_ON_WITH: Final = frozenset({State.RUNNING, State.UNFINISHED})


@dataclass(frozen=True, slots=True)
class Indexing:
    """Lists the runs of a journal.

    Attributes:
        journal: Knows them.
        settings: Of the command that asks.
    """

    journal: Journal
    settings: Settings

    def beside(self, folder: Path) -> str:
        """Write the index beside a run folder: of all runs whose folders are there.

        A page of somebody else is left alone, and that is said. The reports themselves are written by now, so that it
        is no error if this fails.

        Returns:
            A sentence on what kept it from being written; "" where it is.
        """
        try:
            parent = folder.resolve().parent
            path = parent / INDEX_NAME
            if not is_ours(path):
                return f"The list of runs was not written: there is an {INDEX_NAME} in {parent} that is not ours."
            remove_old_drafts(path)
            with index_lock(self.settings.state_folder()):
                runs = [(past, where) for past in self.journal.runs() if (where := _folder_in(parent, past))]
                if runs:
                    of_how_many = f" (the newest {_MOST:,} of {len(runs):,})" if len(runs) > _MOST else ""
                    calls = self._calls(past for past, _ in runs[:_MOST])
                    indexed = [_indexed(past, where, parent, calls) for past, where in runs[:_MOST]]
                    self._write(indexed, path, f"{parent}{of_how_many}")
        except ImporterError as error:
            return f"The list of runs was not written. {error.message}"
        except OSError as error:
            return f"The list of runs was not written: {error.strerror or error}."
        return ""

    def everywhere(self, path: Path) -> None:
        """Write the index of all runs.

        Raises:
            ReportError: It cannot be written, or there is a page of somebody else.
        """
        if not is_ours(path):
            raise ReportError(
                f"The file {path} is not an index of the importer's: it is left as it is.",
                code="not_ours",
                hint="Name another file, or move that one away.",
            )
        path = path.absolute()
        runs = self.journal.runs()
        calls = self._calls(runs)
        indexed = [_indexed(past, past.output, path.parent, calls) for past in runs]
        self._write(indexed, path, f"the journal in {self.settings.state_folder()}")

    def _write(self, runs: Sequence[IndexedRun], path: Path, where: str) -> None:
        write_index(runs, path, where=where, mark=self._mark(path), access=self.settings.report_access)

    def _mark(self, path: Path) -> str:
        """Return how far the journal has come, by itself or by the index that is there already."""
        generations = self.journal.generations
        return generations.as_text(max(generations.current(), generations.told(mark_of(path))))

    def _calls(self, runs: Iterable[PastRun]) -> Mapping[str | None, Calling]:
        """Return how commands about runs are called, by the runs' profiles."""
        return {profile: calling(self.settings, profile) for profile in {past.profile for past in runs}}


def _folder_in(parent: Path, past: PastRun) -> Path | None:
    """Return the newest folder of a run that is in `parent`; None where none is."""
    return next((folder for folder in reversed(past.folders) if folder.parent.resolve() == parent), None)


def _is_there(path: Path) -> bool:
    """Return whether a file can be led to; what may not be looked at cannot."""
    try:
        return path.exists()
    except OSError:
        return False


def _verdict(past: PastRun) -> str:
    if past.checked:
        return verdict(past.mode, past.source.rows, past.statuses)
    if past.at_work:
        return "Its source is being checked; nothing has been sent yet."
    return "It was cut off before its source was checked to the end. Nothing was sent."


def _way_on(past: PastRun) -> str:
    """Return the command that an unfinished run needs: `show` says what to correct where something is wrong."""
    return "resume" if to_correct(past.mode, past.statuses, past.stop_reason) is None else "show"


def _indexed(past: PastRun, folder: Path, parent: Path, calls: Mapping[str | None, Calling]) -> IndexedRun:
    report = folder / REPORT_NAME
    unfinished = past.mode is Mode.RUN and past.state in _TO_GO_ON_WITH
    source = Path(past.source.path)
    next_command = calls[past.profile].command(f"importer {_way_on(past)} {past.run_id}")
    return IndexedRun(
        run_id=past.run_id,
        mode=past.mode,
        state=_STATES[past.state],
        unfinished=unfinished,
        verdict=_verdict(past),
        started_at=past.started_at,
        seconds=past.seconds,
        statuses=past.statuses,
        source="standard input" if source == STANDARD_INPUT else source.name,
        report=Path(os.path.relpath(report.resolve(), parent.resolve())) if _is_there(report) else None,
        next_command=as_called(next_command) if unfinished else "",
        retry_of=past.retry_of,
        fix_of=past.fix_of,
        rows=past.source.rows,
    )
