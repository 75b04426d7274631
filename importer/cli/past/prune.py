"""`importer prune`: let rows of old runs go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.cli.chosen_runs import opened
from importer.cli.given import Given
from importer.cli.screen.console import answer
from importer.cli.screen.next_commands import here
from importer.cli.screen.past_runs import kind, local_time
from importer.cli.screen.tables import lines
from importer.model.exit_codes import exit_code_of_answer
from importer.model.run import PastRun
from importer.phrases import listed
from importer.reports.own_folders import Removal, holds_reports, remove_reports
from importer.reports.saying.figures import counted
from importer.story.housekeeping import terms_of


def prune(given: Given, dry_run: bool, reports: bool) -> int:
    """Let rows of old runs go, or say which would, and return the exit code."""
    settings = given.settings()
    with opened(settings) as journal:
        pruning = journal.pruning
        due = pruning.due(terms_of(settings))
        if not dry_run:
            pruning.prune(due, lambda: True)
        without_rows = [past for past in journal.runs() if past.pruned_at is not None or past.run_id in _ids(due)]
    of_runs = ((past, folder) for past in reversed(without_rows) for folder in past.folders)
    folders = [(past, folder) for past, folder in of_runs if holds_reports(folder, past.run_id)]
    told = [*_told(due, dry_run=dry_run), *_told_reports(folders, dry_run=dry_run, remove=reports)]
    return exit_code_of_answer(printed=answer("\n".join(told)))


def _ids(runs: Sequence[PastRun]) -> frozenset[str]:
    return frozenset(past.run_id for past in runs)


def _told(due: Sequence[PastRun], *, dry_run: bool) -> Iterator[str]:
    """Yield the lines about runs whose rows go."""
    if not due:
        yield "There is nothing to prune: no run is older than its rows are kept."
        return
    rows = [
        (past.run_id, local_time(past.started_at), kind(past), f"{past.source.rows:,}", Path(past.source.path).name)
        for past in due
    ]
    yield from lines(("run", "started", "what", "rows", "source"), rows, right={"rows"})
    yield ""
    of_how_many = f"{counted(sum(past.source.rows for past in due), 'row')} of {counted(len(due), 'run')}"
    yield f"{of_how_many} would go." if dry_run else f"{of_how_many} are gone. `importer history` still has their sums."


def _told_reports(folders: Sequence[tuple[PastRun, Path]], *, dry_run: bool, remove: bool) -> Iterator[str]:
    """Yield the lines about the reports of such runs; they are removed on the way, if they are to be."""
    if not folders:
        return
    yield ""
    if not remove:
        yield f"The reports of {'this run are' if len(folders) == 1 else 'these runs are'} still there:"
        yield from (f"  {folder}" for _, folder in folders)
        yield here("They are yours; importer prune --reports removes them.")
        return
    for past, folder in folders:
        removal = remove_reports(folder, past.run_id, rehearse=dry_run)
        yield _told_removal(folder, removal, dry_run=dry_run)


def _told_removal(folder: Path, removal: Removal, *, dry_run: bool) -> str:
    if removal.changed:
        left = "Would be left" if dry_run else "Left"
        return f"{left}: {folder}, since somebody has changed {listed(removal.changed)}."
    if removal.others:
        return (
            f"{'Reports would be removed' if dry_run else 'Reports removed'}: {folder}; what else is there stays"
            f" ({listed(removal.others)})."
        )
    return f"{'Would be removed' if dry_run else 'Removed'}: {folder}"
