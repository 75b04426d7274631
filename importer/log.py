"""Log lines: readable ones on stderr, JSON lines in a file. No key, no name and no address is ever in one.

Rows are named by run, row number and customer id only.
"""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from importer.errors import SettingsError
from importer.times import local

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger


class Log(Protocol):
    """Takes events, each with its values."""

    def bind(self, **values: object) -> Log:
        """Return a log whose events have these values too."""
        ...

    def debug(self, event: str, **values: object) -> object:
        """Take what only somebody looks for who looks at single rows."""
        ...

    def info(self, event: str, **values: object) -> object:
        """Take what happens in every run."""
        ...

    def warning(self, event: str, **values: object) -> object:
        """Take what makes a run worse than it could be."""
        ...

    def error(self, event: str, **values: object) -> object:
        """Take what stops a run."""
        ...

    def exception(self, event: str, **values: object) -> object:
        """Take the same, where an exception is being handled."""
        ...


class Unread:
    """A log that nobody reads: a line for every row is not even made."""

    def bind(self, **_: object) -> Self:
        """Return itself."""
        return self

    def debug(self, event: str, **values: object) -> None:
        """Do nothing, as all others."""

    info = warning = error = exception = debug


def open_log(*, echo: Callable[[str], None] | None, file: Path | None) -> Log:
    """Return a logger, whose readable lines have local time.

    Once it is open, a log never stands in the way of what it tells of: where its file cannot be written any more, as
    on a full disk, that is told to `echo`, and the file ends there.

    Args:
        echo: Prints a readable line; None for none. What is `said` there in a sentence anyway is only for the file.
        file: Gets a JSON object a line, appended; None for none.

    Raises:
        SettingsError: The file cannot be written.
    """
    logging.getLogger("urllib3").propagate = False  # what it says of requests may hold parts of them
    if echo is None and file is None:
        return Unread()
    import structlog  # noqa: PLC0415 - heavy

    lines = _LogFile(file) if file else None
    as_text = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)

    def write(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        event.pop("exc_info", None)  # an exception's text may hold anything
        said = event.pop("said", False)
        failure = lines.write(str(as_json(logger, name, dict(event)))) if lines else None
        if echo is not None:
            here = local(str(event["timestamp"]))
            if not said:
                echo(str(as_text(logger, name, {**event, "timestamp": here})))
            if failure:
                echo(failure)
        raise structlog.DropEvent

    log: FilteringBoundLogger = structlog.wrap_logger(
        None,
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), write],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    return log


class _LogFile:
    """A file that gets a line at a time, each whole and at once, so that several processes can share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._full = False
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            raise SettingsError(
                f"The log file {path} cannot be written: {error.strerror}.",
                code="log_unwritable",
                hint="Name another file with --log-file.",
            ) from error
        weakref.finalize(self, os.close, self._descriptor)

    def write(self, line: str) -> str | None:
        """Append a line; return a sentence where that fails, once: nothing is written after that."""
        if self._full:
            return None
        try:
            os.write(self._descriptor, f"{line}\n".encode("utf-8", "backslashreplace"))
        except OSError as error:
            self._full = True
            return f"The log file {self._path} cannot be written any more: {error.strerror}."
        return None
