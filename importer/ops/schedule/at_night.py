"""What a run finds at night: not the variables of whoever has scheduled it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

_OWN: Final = "IMPORTER_"
_TAKEN_ALONG: Final = frozenset({"IMPORTER_CONFIG", "IMPORTER_PROFILE"})
"""What they name stands in the command."""
_OF_HTTP: Final = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
)
_CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"


@contextmanager
def as_at_night() -> Iterator[None]:
    """Let the process be without the variables that are settings, in the block."""
    kept = {name: value for name, value in os.environ.items() if _is_own(name) or name.upper() == _CREDENTIALS}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


def left_behind(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of variables that say something now about how runs go, and will not at night.

    Example: `left_behind({"IMPORTER_RATE": "2", "HOME": "/root", "IMPORTER_STRICT": ""})` is `("IMPORTER_RATE",)`.
    """
    names = (name for name, value in sorted(environment.items()) if value)
    return tuple(
        name for name in names if (_is_own(name) and name.upper() not in _TAKEN_ALONG) or name.upper() in _OF_HTTP
    )


def _is_own(name: str) -> bool:
    return name.upper().startswith(_OWN)
