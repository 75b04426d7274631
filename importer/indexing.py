"""The index of runs, from the journal: in the folder that holds run folders, and wherever it is asked for."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import ReportError
from importer.journal.journal import Journal
from importer.model import STANDARD_INPUT
from importer.reports.advice import verdict
from importer.reports.page.index import INDEX_NAME, IndexedRun, is_ours, write_index
from importer.reports.page.report import REPORT_NAME
from importer.runs import PastRun, State
from importer.settings import Settings

_STATES: Final = {
    State.RUNNING: "at work when this page was written",
    State.UNFINISHED: "unfinished",
    State.ENDED: "ended",
    State.FORGOTTEN: "cut off and forgotten",
    State.CUT_OFF: "cut off",
}
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

        A page of somebody else is left alone. The reports themselves are written by now, so that it is no error if
        this fails.

        Returns:
            A sentence on what kept it from being written; "" where it is.
        """
        parent = folder.parent
        path = parent / INDEX_NAME
        if not is_ours(path):
            return ""
        try:
            write_index(
                self._indexed([past for past in self.journal.runs() if past.output.parent == parent], parent),
                path,
                where=str(parent),
            )
        except ReportError as error:
            return f"The list of runs was not written. {error.message}"
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
        write_index(self._indexed(self.journal.runs(), path.parent), path, where=str(self.settings.state_folder()))

    def _indexed(self, runs: Sequence[PastRun], parent: Path) -> Sequence[IndexedRun]:
        state = self.settings.state_dir
        more = "" if state is None else f" --state {shlex.quote(str(state.absolute()))}"
        return [_indexed(past, parent, more) for past in runs]


def _indexed(past: PastRun, parent: Path, more: str) -> IndexedRun:
    report = past.output / REPORT_NAME
    unfinished = past.state in _TO_GO_ON_WITH
    source = Path(past.source.path)
    return IndexedRun(
        run_id=past.run_id,
        mode=past.mode,
        state=_STATES[past.state],
        unfinished=unfinished,
        verdict=verdict(past.mode, past.source.rows, past.statuses),
        started_at=past.started_at,
        seconds=past.seconds,
        statuses=past.statuses,
        source="standard input" if source == STANDARD_INPUT else source.name,
        report=Path(os.path.relpath(report, parent)) if report.exists() else None,
        next_command=f"importer resume {past.run_id}{more}" if unfinished else "",
        retry_of=past.retry_of,
        fix_of=past.fix_of,
    )
