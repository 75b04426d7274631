"""Varnish in front of the API, with its built-in configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.between.fronts import program, started

_OPTIONS: Final = ("-F", "-j", "none", "-T", "none", "-s", "malloc,16m", "-p", "first_byte_timeout=1")
"""The configuration is built in as long as only a backend is given; waiting for it is cut short."""


@contextmanager
def varnish(folder: Path, api: int) -> Iterator[Mapping[str, str]]:
    """Start one in front of a port; yield its base URL as `plain`."""

    def configure(folder: Path, ports: Mapping[str, int]) -> Sequence[str]:
        place = ("-n", str(folder / "work"), "-a", f"127.0.0.1:{ports['plain']}", "-b", f"127.0.0.1:{api}")
        return (program("varnishd"), *place, *_OPTIONS)

    with started(folder, ["plain"], configure) as urls:
        yield urls
