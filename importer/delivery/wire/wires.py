"""The wires that there are, and which of them a run takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from importer.delivery.wire.attempts import Engine
from importer.delivery.wire.endpoint import Endpoint
from importer.errors import SettingsError
from importer.settings import CEILING, ENV_PREFIX, FAST_CEILING

Name = Literal["requests", "curl"]
_PYCURL: Final = (7, 49)
"""The first one whose connections can be read and written without libcurl's own HTTP."""
_INSTALL: Final = "Install the fast wire (pip install 'pycurl>={}.{}')".format(*_PYCURL)


@dataclass(frozen=True, slots=True)
class Wire:
    """A way to perform attempts.

    Attributes:
        ceiling: Requests in flight at most.
        files_each: So many files and sockets are open for a connection.
    """

    name: Name
    ceiling: int
    files_each: int

    def engine(
        self, endpoint: Endpoint, *, workers: int, on_defect: Callable[[Exception], None]
    ) -> AbstractContextManager[Engine]:
        """Return an engine that sends to `endpoint`, with at most so many attempts under way, and tells of defects."""
        if self.name == "curl":
            from importer.delivery.wire.curl.engine import curl_engine  # noqa: PLC0415 - pycurl may not be there

            return curl_engine(endpoint, workers=workers, on_defect=on_defect)
        from importer.delivery.wire.threads import thread_engine  # noqa: PLC0415 - requests and what it brings

        return thread_engine(endpoint, workers=workers, on_defect=on_defect)


REQUESTS: Final = Wire("requests", CEILING, files_each=3)
"""Its socket, the watchdog's handle on it, and the file of certificates while it is made."""
CURL: Final = Wire("curl", FAST_CEILING, files_each=2)
"""Its socket, and the file of certificates while it is made."""


def chosen(asked: Literal["auto"] | Name, concurrency: int | None = None) -> Wire:
    """Return the wire that is asked for; for `auto`, the fastest that is installed.

    Raises:
        SettingsError: It is not installed, or cannot have as many requests in flight as are asked for.
    """
    missing = "" if asked == "requests" else _missing()
    if asked == "curl" and missing:
        raise SettingsError(
            f"{ENV_PREFIX}WIRE asks for curl, and {missing}.",
            code="bad_setting",
            hint=f"{_INSTALL}. Or leave {ENV_PREFIX}WIRE out, and requests sends.",
        )
    wire = REQUESTS if asked == "requests" or missing else CURL
    if concurrency is not None and concurrency > wire.ceiling:
        raise SettingsError(
            f"{concurrency} requests in flight are too many: there can be {wire.ceiling} where {wire.name} sends.",
            code="bad_setting",
            hint=f"Ask for fewer. {_INSTALL} for up to {CURL.ceiling}, and leave {ENV_PREFIX}WIRE out.",
        )
    return wire


def _missing() -> str:
    """Return what keeps the fast wire from being used, in words; "" for nothing."""
    try:
        found = version("pycurl")
    except PackageNotFoundError:
        return "pycurl is not installed"
    numbers = tuple(map(int, re.findall(r"\d+", found)[:2]))
    wanted = ".".join(map(str, _PYCURL))
    return "" if numbers >= _PYCURL else f"pycurl {found} is too old: it takes {wanted}"
