"""Log lines: readable ones on stderr, JSON lines in a file. No key, no name and no address is ever in one.

Rows are named by run, row number and customer id only.
"""

from __future__ import annotations

import logging
import os
import stat
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, Self

from importer.errors import SettingsError
from importer.times import local

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_APPENDING: Final = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC


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


def open_log(
    *,
    echo: Callable[[str], None] | None,
    file: Path | None,
    urgent: Mapping[str, Callable[[str], None]] = MappingProxyType({}),
) -> Log:
    """Return a logger, whose readable lines have local time.

    Once it is open, a log never stands in the way of what it tells of: where its file cannot be written any more, as
    on a full disk, that is told to `echo`, and the file ends there.

    Args:
        echo: Prints a readable line; None for none. What is `said` there in a sentence anyway is only for the file.
        file: Gets a JSON object a line, appended; None for none.
        urgent: Print a readable line of the level that they are named for, in place of `echo`.

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
                say = urgent.get(str(event["level"]), echo)
                say(str(as_text(logger, name, {**event, "timestamp": here})))
            if failure:
                urgent.get("warning", echo)(failure)
        raise structlog.DropEvent

    log: FilteringBoundLogger = structlog.wrap_logger(
        None,
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), write],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    return log


class _LogFile:
    """A file that gets a line at a time, each whole and at once, so that several processes can share it.

    Where it is renamed or removed, as logrotate does, what comes next goes into a new one of its name: the one that is
    there by then, or one with the same mode. Where it is emptied instead, lines follow from its beginning on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._full = False
        self._told = False
        try:
            self._descriptor = os.open(path, _APPENDING | os.O_CREAT, 0o666)
        except OSError as error:
            raise SettingsError(
                f"The log file {path} cannot be written: {error.strerror}.",
                code="log_unwritable",
                hint="Name another file with --log-file.",
            ) from error
        self._close = weakref.finalize(self, os.close, self._descriptor)

    def write(self, line: str) -> str | None:
        """Append a line; return a sentence where that fails, once.

        Where the file cannot be written, nothing is written after that. Where no new one can be had, lines go on into
        the old one, wherever that is by now.
        """
        if self._full:
            return None
        failure = self._follow()
        try:
            os.write(self._descriptor, f"{line}\n".encode("utf-8", "backslashreplace"))
        except OSError as error:
            self._full = True
            return f"The log file {self._path} cannot be written any more: {error.strerror}."
        return failure

    def _follow(self) -> str | None:
        """Open the file anew where another one has its name, or none has; return a sentence where that fails, once."""
        ours = os.fstat(self._descriptor)
        try:
            if not stat.S_ISREG(ours.st_mode) or _is_still(ours, self._path):
                return None
            descriptor = _opened_anew(self._path, stat.S_IMODE(ours.st_mode))
        except OSError as error:
            told, self._told = self._told, True
            reason = f"The log file {self._path} was moved away, and cannot be opened anew: {error.strerror}."
            return None if told else reason
        with suppress(OSError):
            self._close()
        self._descriptor, self._told = descriptor, False
        self._close = weakref.finalize(self, os.close, descriptor)
        return None


def _is_still(ours: os.stat_result, path: Path) -> bool:
    try:
        return os.path.samestat(ours, path.stat())
    except FileNotFoundError:
        return False


def _opened_anew(path: Path, mode: int) -> int:
    """Open a file to append to, and make one of this mode where there is none."""
    try:
        descriptor = os.open(path, _APPENDING | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return os.open(path, _APPENDING | os.O_NONBLOCK)  # a pipe that nobody reads is waited for by nobody
    try:
        os.fchmod(descriptor, mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
