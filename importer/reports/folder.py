"""The folder of a run's reports: where it is, and whether it can be written, before anything is sent."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from importer.disk import Access, let_group_enter, make_private_folder
from importer.errors import ReportError, SettingsError
from importer.model.source import STANDARD_INPUT
from importer.times import compact

SUMMARY_NAME: Final = "summary.json"
REPORT_NAMES: Final = ("annotated.csv", "annotated.xlsx", "to_fix.csv", "to_fix.xlsx", "report.html")
"""All that a run may write beside its summary."""
TO_FIX_NAMES: Final = ("to_fix.csv", "to_fix.xlsx")
SHEET_NAMES: Final = ("annotated.csv", "annotated.xlsx", *TO_FIX_NAMES)
"""What people may mend in place, to give it back."""
_MENDED: Final = re.compile(r"(?:annotated|to_fix)-mended-\d+\.(?:csv|xlsx)")
_CLAIM_NAME: Final = ".run"
_DRAFT: Final = re.compile(r"\..+\.\d+\.tmp|openpyxl\.\w+")
"""What `importer.reports.files` calls a report that is not whole yet, and what a workbook's sheet is called."""
_MAX_STEM_BYTES: Final = 150
_HINT: Final = "Name another folder with --output, or another parent with IMPORTER_OUTPUT."


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run, made for it; used as a context manager, it is given up at the end.

    Attributes:
        path: Absolute.
        made: The folders that were not there before, itself first, then those above it.
        run_id: Whose it is.
        wanted: There are to be reports; where not, it is neither there nor claimed, and only says where they could be.
    """

    path: Path
    made: tuple[Path, ...]
    run_id: str = ""
    wanted: bool = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.discard()

    def expect_own(self) -> None:
        """Make sure that it is still this run's own, just before something is written into it; if it is gone, make it.

        Somebody may have removed it while the run was sending, and another run may have taken its place.

        Raises:
            ReportError: It is not.
        """
        if _claimant(self.path) == self.run_id:
            return
        try:
            prepare(self.path, self.run_id)
        except SettingsError as error:
            raise ReportError(
                f"The output folder {self.path} is not this run's own any more: somebody has removed it meanwhile.",
                code="output_taken",
                hint="Every outcome is in the journal. Name another folder for the reports with --output.",
            ) from error

    def open_to(self, access: Access) -> None:
        """Let those in who may read the reports; as it is made, it is its owner's alone."""
        if access == "group":
            for folder in {self.path, *self.made}:
                let_group_enter(folder)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove the reports of an earlier writing that are not among these.

        Raises:
            ReportError: One cannot be removed.
        """
        try:
            for name in REPORT_NAMES:
                if name not in names:
                    if name in SHEET_NAMES:
                        keep_mended(self.path / name)
                    (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise ReportError(
                f"An older report in {self.path} cannot be removed: {error.strerror}.",
                code="report_unwritable",
                hint="Every outcome is in the journal. Give the right to write there.",
            ) from error

    def discard(self) -> None:
        """Give the folder up, and remove what was made for this run and has nothing in it."""
        if self.wanted and _claimant(self.path) == self.run_id:
            with suppress(OSError):
                (self.path / _CLAIM_NAME).unlink()
        for folder in self.made:
            with suppress(OSError):  # something is in it, or it is gone
                folder.rmdir()


def default_path(source: Path, *, parent: Path | None, run_id: str, started: float) -> Path:
    """Return where a run's reports go when nobody says: `<stem>-<UTC time>-<run id>`.

    Args:
        source: As it was given.
        parent: Where run folders are wanted; None for beside the source, or beside the run folder that the source
            lies in, so that runs do not nest.
        run_id: Makes the name unlike any other run's.
        started: The time in the name, in seconds since the epoch.
    """
    stem = "stdin" if source == STANDARD_INPUT else source.stem
    stem = stem.encode(errors="surrogateescape")[:_MAX_STEM_BYTES].decode(errors="ignore")
    beside = source.absolute().parent  # of standard input: the current folder
    if run_of(beside) is not None:
        beside = beside.parent
    return (parent.absolute() if parent else beside) / f"{stem}-{compact(started)}-{run_id}"


def prepare(path: Path, run_id: str = "", *, wanted: bool = True) -> RunFolder:
    """Make a run's folder and claim it for the run, which tries to write there too.

    The claim, a hidden file, keeps another run out until the reports are written, or the folder is given up.

    Args:
        path: The folder.
        run_id: The run.
        wanted: There are to be reports; where not, nothing is made.

    Raises:
        SettingsError: It is not empty, or cannot be made or written.
    """
    if not wanted:
        return RunFolder(path.absolute(), (), run_id, wanted=False)
    folder, _ = _made(path, run_id, again=False)
    if any(entry.name != _CLAIM_NAME for entry in folder.path.iterdir()):
        folder.discard()
        raise _not_empty(folder.path)
    return folder


def reopen(path: Path, run_id: str, *, known: bool = False) -> RunFolder:
    """Make the folder of a run that is gone on with, or claim it again where it still is the run's own.

    Reports that are there are left for now, to be replaced; drafts of a process that died are removed.

    Args:
        path: The folder.
        run_id: The run.
        known: The journal knows it as one of the run's: then it is the run's own without a summary too, as it is left
            where a report could not be written, if there is nothing but reports in it.

    Raises:
        SettingsError: It holds something else, or cannot be made or written.
    """
    folder, ours = _made(path, run_id, again=True)
    entries = [entry.name for entry in folder.path.iterdir() if entry.name != _CLAIM_NAME]
    drafts = [name for name in entries if _DRAFT.fullmatch(name)]
    own = ours or run_of(folder.path) == run_id or (known and not _others(folder.path, drafts))
    if len(drafts) < len(entries) and not own:
        folder.discard()
        raise _not_empty(folder.path)
    for name in drafts:
        with suppress(OSError):
            (folder.path / name).unlink()
    return folder


def mended(path: Path) -> Sequence[str]:
    """Return the names of the sheets in a folder that people have changed, in order."""
    return sorted(entry.name for entry in path.iterdir() if _MENDED.fullmatch(entry.name))


def mended_to_fix(path: Path) -> Sequence[Path]:
    """Return the sheets of rows to fix in a folder that people have changed, in order; none where it is not there."""
    try:
        return [path / name for name in mended(path) if name.startswith("to_fix")]
    except OSError:
        return ()


def _others(path: Path, drafts: Collection[str]) -> Collection[str]:
    """Return what is in a folder that no run has written, or that is another run's."""
    if run_of(path) is not None:
        return [SUMMARY_NAME]
    names = {entry.name for entry in path.iterdir()}
    return [name for name in names - {_CLAIM_NAME, *drafts, *REPORT_NAMES} if not _MENDED.fullmatch(name)]


def abandon(path: Path, run_id: str) -> None:
    """Take away the claim of a run that never comes back to a folder, and its drafts, so that it can be used."""
    if _claimant(path) in (run_id, ""):  # not even for a moment may another run find its own claimed
        with suppress(SettingsError), reopen(path, run_id):
            pass
    if run_id and path.name.endswith(f"-{run_id}"):  # it was made for the run; what is empty is of no use
        with suppress(OSError):
            path.rmdir()


def withdraw(path: Path, run_id: str) -> None:
    """Remove the reports of a run that is gone on with: from now on, what they say is not true any more.

    Raises:
        SettingsError: They cannot be removed.
    """
    if run_id not in (run_of(path), _claimant(path)):
        return
    try:
        for name in SHEET_NAMES:
            keep_mended(path / name)
        for name in (SUMMARY_NAME, *REPORT_NAMES):  # In this order: what has no summary is no report.
            (path / name).unlink(missing_ok=True)
    except (OSError, ReportError) as error:
        reason = error.message if isinstance(error, ReportError) else f"{error.strerror}."
        raise SettingsError(
            f"The reports in {path} cannot be replaced: {reason}", code="output_unwritable", hint=_HINT
        ) from error


def withdraw_all(folders: Iterable[Path], run_id: str, *, but: Path) -> None:
    """Remove the reports of a run that is gone on with, wherever they are, and give up all its folders but one.

    Args:
        folders: All that it has had.
        run_id: The run.
        but: The folder of its reports from now on.

    Raises:
        SettingsError: A report cannot be removed, and would not be true any more.
    """
    for folder in folders:
        withdraw(folder, run_id)
        if folder != but:
            abandon(folder, run_id)
    withdraw(but, run_id)


def keep_mended(path: Path) -> Path | None:
    """Give a sheet another name if somebody has changed it since the run wrote it: that is their work.

    Returns:
        Where it is now; None where nobody has changed it, or there is none.

    Raises:
        ReportError: It cannot be renamed.
    """
    try:
        if not is_changed(path):
            return None
        names = (path.with_stem(f"{path.stem}-mended-{number}") for number in count(1))
        return path.rename(next(name for name in names if not os.path.lexists(name)))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReportError(
            f"The file {path} was changed, and cannot be kept under another name: {error.strerror}.",
            code="report_unwritable",
            hint="Move it away: the run is about to replace it.",
        ) from error


def is_changed(path: Path) -> bool:
    """Return whether somebody has changed a sheet since the run wrote it; raise OSError where that cannot be seen.

    It was changed if it is newer than the summary, which is written after it. Where there is no summary, the process
    that wrote the sheet died, or failed: rows to fix may have been mended since, and are kept.
    """
    if not path.is_file():
        return False
    written = path.stat().st_mtime_ns
    summary = path.with_name(SUMMARY_NAME)
    return written > summary.stat().st_mtime_ns if summary.exists() else path.name in TO_FIX_NAMES


def _made(path: Path, run_id: str, *, again: bool) -> tuple[RunFolder, bool]:
    """Make a folder and claim it, and return whether a process of the same run that died had done so before.

    That is an error unless it is made `again`.
    """
    path = path.absolute()
    missing = tuple(takewhile(lambda part: not os.path.lexists(part), (path, *path.parents)))
    folder = RunFolder(path, missing, run_id)
    try:
        for part in reversed(missing):
            make_private_folder(part)
        path.mkdir(exist_ok=True)
        ours = _claim(path, run_id, again=again)
    except OSError as error:
        folder.discard()
        reason = "there is a file of that name" if isinstance(error, FileExistsError) else error.strerror
        raise SettingsError(
            f"The output folder {path} cannot be written: {reason}.", code="output_unwritable", hint=_HINT
        ) from error
    return folder, ours


def _claim(path: Path, run_id: str, *, again: bool) -> bool:
    """Claim a folder; of two runs that try, one succeeds, and the other leaves the claim alone."""
    claim = path / _CLAIM_NAME
    try:
        descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        holder = _claimant(path) if again else None
        if holder not in (run_id, ""):  # "": it died before it could write its name
            raise _not_empty(path) from error
        claim.write_text(run_id, "utf-8")
        return holder == run_id
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(run_id)
    return False


def _claimant(folder: Path) -> str | None:
    """Return the id of the run that has claimed a folder; None where nobody has."""
    try:
        return (folder / _CLAIM_NAME).read_text("utf-8", "replace")
    except OSError:
        return None


def _not_empty(path: Path) -> SettingsError:
    return SettingsError(
        f"The output folder {path} is not empty.",
        code="output_not_empty",
        hint="Reports of another run are never overwritten: name a folder that is empty or not there yet.",
    )


def run_of(folder: Path) -> str | None:
    """Return the id of the run whose reports a folder holds; None where it holds none."""
    try:
        document = json.loads((folder / SUMMARY_NAME).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return str(document["run_id"]) if isinstance(document, dict) and "run_id" in document else None
