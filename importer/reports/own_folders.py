"""Folders of reports whose run nobody comes back to: they are removed as far as they are the run's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from importer.errors import ReportError
from importer.reports.folder import REPORT_NAMES, SHEET_NAMES, SUMMARY_NAME, is_changed, mended, run_of


@dataclass(frozen=True, slots=True)
class Removal:
    """What becomes of a folder of reports.

    Attributes:
        changed: Sheets in it that somebody has changed: then nothing is removed.
        others: What else is in it, which stays.
    """

    changed: Sequence[str] = ()
    others: Sequence[str] = ()


def holds_reports(folder: Path, run_id: str) -> bool:
    """Return whether the reports of a run are in a folder."""
    return run_of(folder) == run_id


def remove_reports(folder: Path, run_id: str, *, rehearse: bool = False) -> Removal:
    """Remove the reports of a run, and their folder where nothing else is in it, and return what became of it.

    Nothing goes where somebody has changed one of the sheets: that is their work.

    Args:
        folder: Holds them.
        run_id: The run.
        rehearse: Only find out.

    Raises:
        ReportError: They are not the run's, or cannot be removed.
    """
    try:
        if not holds_reports(folder, run_id):
            return Removal()
        if changed := sorted(_changed(folder)):
            return Removal(changed)
        others = sorted({entry.name for entry in folder.iterdir()} - {SUMMARY_NAME, *REPORT_NAMES})
        if not rehearse:
            for name in (*REPORT_NAMES, SUMMARY_NAME):  # while it has a summary, it is the run's
                (folder / name).unlink(missing_ok=True)
            if not others:
                folder.rmdir()
    except OSError as error:
        raise ReportError(
            f"The reports in {folder} cannot be removed: {error.strerror}.",
            code="report_unremovable",
            hint="Remove them by hand, or give the right to.",
        ) from error
    return Removal(others=others)


def _changed(folder: Path) -> Iterator[str]:
    yield from mended(folder)
    yield from (name for name in SHEET_NAMES if is_changed(folder / name))
