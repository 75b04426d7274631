"""The source of a past run, read once more for its reports: its own copy, the file itself, or its annotated sheet."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SourceError
from importer.journal.database import explained
from importer.journal.private.private_folder import PrivateFolder
from importer.model.run import PastRun
from importer.model.source import STANDARD_INPUT

_ANNOTATED: Final = ("annotated.csv", "annotated.xlsx")
_NAME_IT: Final = "Name the file that it has read, or the annotated sheet as the run wrote it, with --source."


@dataclass(frozen=True, slots=True)
class SourceCopy:
    """A copy of a source, and an empty folder for what is unpacked and parsed of it.

    Attributes:
        is_sheet: It is not the source itself, but an annotated sheet that the run wrote of it.
        is_masked: Names and addresses are masked in it.
    """

    path: Path
    scratch: Path
    is_sheet: bool = False
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class PastSource:
    """Where the source of a past run may be.

    Attributes:
        past: The run.
        journal: The journal's path.
        sheets: The SHA-256 of each annotated sheet that the run has written, and whether names are masked in it.
    """

    past: PastRun
    journal: Path
    sheets: Mapping[str, bool]

    @contextmanager
    def copied(self, given: Path | None = None) -> Iterator[SourceCopy]:
        """Yield a copy of what the run has read, which nobody can change.

        Args:
            given: Where that is now; None for the run's own copy or, where that is gone, for where it was, and for its
                annotated sheet where that is gone too.

        Raises:
            SourceError: There is none that can be read, or it is not the file that the run has read.
            JournalError: The copy cannot be made.
        """
        runs = self.journal.parent / "runs"
        own_copy = PrivateFolder(runs / self.past.run_id).source
        private = PrivateFolder(runs / f"{self.past.run_id}-{secrets.token_hex(4)}")
        has_copy = self.past.kept and given is None and own_copy.exists()
        path = own_copy if has_copy else given or self._found()
        with explained(self.journal), ExitStack() as undo:
            private.make()
            undo.callback(private.remove)
            copy, sha256 = private.take_in(path)
            if sha256 != self.past.source.sha256 and sha256 not in self.sheets:
                raise self._another(path)
            is_sheet = sha256 != self.past.source.sha256
            yield SourceCopy(copy, private.clean_scratch(), is_sheet, is_sheet and self.sheets[sha256])

    def is_at_hand(self) -> bool:
        """Return whether the file that the run has read is still where it was."""
        path = Path(self.past.source.path)
        return path != STANDARD_INPUT and _sha256(path) == self.past.source.sha256

    def _found(self) -> Path:
        """Return where the source was, if it still is there, else an annotated sheet of the run, a masked one last.

        Another file in its place counts as none: tonight's may have last night's name.
        """
        if self.is_at_hand():
            return Path(self.past.source.path)
        paths = [folder / name for folder in reversed(self.past.folders) for name in _ANNOTATED]
        sheets = [(path, sha256) for path in paths if (sha256 := _sha256(path)) in self.sheets]
        if sheets:
            return min(sheets, key=lambda sheet: self.sheets[sheet[1]])[0]
        raise SourceError(
            f"Run {self.past.run_id} cannot be reported on again: {self.why_gone()}, and its annotated sheet is not as"
            " the run wrote it in its folder any more.",
            code=self.code_of_gone,
            hint=_NAME_IT,
        )

    @property
    def code_of_gone(self) -> str:
        """What is said of it to programs where the file is not where it was."""
        return "source_changed" if Path(self.past.source.path).exists() else "source_missing"

    def why_gone(self) -> str:
        """Return why it is not where it was, as half a sentence."""
        path = self.past.source.path
        if Path(path) == STANDARD_INPUT:
            return "it has read standard input"
        if Path(path).exists():
            return f"another file is at {path} by now"
        return f"its source is not at {path} any more"

    def _another(self, path: Path) -> SourceError:
        return SourceError(
            f"The file {path} is not the one that run {self.past.run_id} has read.",
            code="source_changed",
            hint=_NAME_IT,
        )


def _sha256(path: Path) -> str:
    """Return the digest of a file; "" where it cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""
