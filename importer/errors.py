"""What stops a run, by what the caller must do about it.

A row that fails is a value (`importer.model.rows.Outcome`); an exception is for what stops everything.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class ImporterError(Exception):
    """The root: a message for a person, a stable code for a program, and what to do next.

    Args:
        message: What went wrong and where, in one sentence.
        code: A stable word, for `--json`.
        hint: What to do next, in one sentence; may be empty.
    """

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint


class SettingsError(ImporterError):
    """An option, a variable or the way the command was called is wrong: change the call."""


class SourceError(ImporterError):
    """The source cannot be read, or is not the table that is needed: change the file. Nothing was sent."""


class JournalError(ImporterError):
    """The journal cannot be opened, read or written: look at the state directory."""


class ReportError(ImporterError):
    """A report cannot be written, or would not be true: what is known is in the journal."""


class RunAbandonedError(ImporterError):
    """The run was asked to end, or must not go on, before anything was sent: there is nothing to report.

    Its code is the reason of the stop.
    """


class DeclinedError(ImporterError):
    """Whoever was asked has said no: nothing was sent, and nothing is changed."""


class LockedError(ImporterError):
    """Another process has what is needed: its run, the place it sends to, or the journal, in which it was stopped.

    Wait for its end, or let it go on. Nothing was done.
    """


class NothingToDoError(ImporterError):
    """What is asked for is done already."""


class DefectError(ImporterError):
    """The importer itself failed, in a way that nobody has foreseen."""


@contextmanager
def reading_source(name: str) -> Iterator[None]:
    """Turn what keeps a source from being read in the block into a `SourceError`; `name` is what messages call it."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(
            f"There is no file {name}.", code="source_missing", hint="Look at the spelling of the path, and try again."
        ) from error
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read: {error.strerror or 'unknown error'}.",
            code="source_unreadable",
            hint="See that the disk is there and that you may read the file.",
        ) from error


def defect(error: Exception) -> DefectError:
    """Return a failure in words. The exception's own text is left out: it may hold what nobody should read."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    why = f" ({os.strerror(error.errno)})" if isinstance(error, OSError) and error.errno else ""
    return DefectError(
        f"The importer itself failed: {type(error).__name__}{why} in {frame.name}, line {frame.lineno}.",
        code="internal_error",
        hint="What is known is in the journal. Run again with -v and report what it shows.",
    )
