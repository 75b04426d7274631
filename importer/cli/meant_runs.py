"""The run that a command is given by its id, and what was meant where a file is given in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.errors import SettingsError
from importer.journal.journal import Journal
from importer.model.modes import Mode
from importer.model.run import PastRun
from importer.source_paths import is_file, is_folder, shown_path
from importer.times import local


def run_meant(journal: Journal, given: str, command: str) -> PastRun:
    """Return the run that is given by its id, or by the beginning of that, with all of its rows.

    Args:
        journal: Knows the runs.
        given: What stands where an id is wanted.
        command: The name of the command, such as `retry`.

    Raises:
        SettingsError: There is none, or more than one, or its rows are not kept any more; of a path, the message names
            the command that may be meant.
    """
    past = any_run_meant(journal, given, command)
    if past.pruned_at is not None:
        raise SettingsError(
            f"The rows of run {past.run_id} are not kept any more: they went on {local(past.pruned_at, to='minutes')}.",
            code="run_pruned",
            hint=f"`importer show {past.run_id}` shows their sums; its reports, where they still are, have every row.",
        )
    return past


def any_run_meant(journal: Journal, given: str, command: str) -> PastRun:
    """Return the same, with its rows or without.

    Raises:
        SettingsError: There is none, or more than one.
    """
    try:
        return journal.find(given)
    except SettingsError as error:
        if not _is_path(given):
            raise
        kind = "a file" if is_file(given) else "a folder" if is_folder(given) else "no run"
        raise SettingsError(
            f"{given} is {kind}, and what {command} takes is the id of a run.",
            code="run_unknown",
            hint=" ".join(_ways_on(journal, given, command)),
        ) from error


def _is_path(given: str) -> bool:
    """Return whether something is a path, or looks like one: ids have letters and digits alone."""
    return "." in given or "/" in given or is_file(given) or is_folder(given)


def _ways_on(journal: Journal, given: str, command: str) -> Iterator[str]:
    """Yield the sentences on what to type instead."""
    runs = _runs_of(journal, Path(given).absolute())
    sends = command in ("resume", "retry")
    to_send = f" To send it: importer run {shown_path(given)}" if sends and is_file(given) else ""
    suited = next((past for past in runs if _suits(past, command)), None)
    verb = "resume" if command == "retry" and suited is not None and _suits(suited, "resume") else command
    if suited is None:
        yield f"No run of it is {'unfinished' if command == 'resume' and runs else 'known'}."
    elif verb == "retry" and next(journal.rows_to_retry(suited), None) is None:
        yield f"Its newest run, {suited.run_id}, has no row to try again that is not confirmed by now."
    else:
        which = "The unfinished run" if verb == "resume" else "The newest run"
        yield f"{which} of it is {suited.run_id}: importer {verb} {suited.run_id}{to_send and '.'}{to_send}"
        return
    yield to_send.strip() or "`importer history` lists the runs."


def _suits(past: PastRun, command: str) -> bool:
    """Return whether a command has something to do with such a run."""
    if command == "resume":
        return past.mode is Mode.RUN and not past.ended and past.kept
    return command != "retry" or past.mode is Mode.RUN


def _runs_of(journal: Journal, path: Path) -> Sequence[PastRun]:
    """Return the runs that have read a file, and those of whose reports it is one, or the folder; the newest first."""
    return [
        past
        for past in journal.runs()
        if past.source.path == str(path) or path in past.folders or path.parent in past.folders
    ]
