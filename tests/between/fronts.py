"""Starting a server in front of the API: an ordinary process, with a folder and ports of its own."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

_NEVER_GIVEN: Final = (20_000, 32_000)
"""Ports that no system gives to whoever asks for any free one: nobody takes them between looking and listening."""
_STARTS: Final = 3
_PATIENCE_S: Final = 20.0
_USUALLY_NOT_IN_THE_PATH: Final = ("/usr/sbin", "/usr/local/sbin")

Configure = Callable[[Path, Mapping[str, int]], Sequence[str]]
"""Writes what a server needs into a folder, for its ports by their names, and returns the command that starts it."""


def program(name: str) -> str:
    """Return where a server's program is; skip the test where there is none.

    Where everything must be proved (CI=true), its absence is a failure.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_USUALLY_NOT_IN_THE_PATH])
    found = shutil.which(name, path=path)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing; CI must have it")
        pytest.skip(f"there is no {name} here")
    return found


@contextmanager
def started(folder: Path, names: Sequence[str], configure: Configure) -> Iterator[Mapping[str, str]]:
    """Start a server; yield the base URLs of its ports, by their names."""
    for _ in range(_STARTS):
        ports = dict(zip(names, _free_ports(len(names)), strict=True))
        with (folder / "log.txt").open("wb") as log:
            command = configure(folder, ports)
            process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        if _listens(process, ports.values()):
            break
        _end(process)
    else:
        pytest.fail(f"{names}: the server does not start: {(folder / 'log.txt').read_text('utf-8', 'replace')}")
    try:
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    finally:
        _end(process)


def _free_ports(count: int) -> list[int]:
    free = set[int]()
    while len(free) < count:
        port = random.SystemRandom().randrange(*_NEVER_GIVEN)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.add(port)
    return sorted(free)


def _listens(process: subprocess.Popen[bytes], ports: Iterable[int]) -> bool:
    """Wait until something listens on each port; return whether the process is there by then."""
    until = time.monotonic() + _PATIENCE_S
    for port in ports:
        while process.poll() is None and time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.01)
    return process.poll() is None and time.monotonic() < until


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
