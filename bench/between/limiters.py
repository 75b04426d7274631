"""What runs are sent to: servers that limit what comes through, each in front of an API."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.between import installed
from bench.between.applications import WORK_S
from tests.between.apache import FOUR_CONNECTIONS, MODULES, apache
from tests.between.backend import Backend
from tests.between.fronts import program, started
from tests.between.haproxy import haproxy
from tests.between.nginx import nginx

ANSWERS: Final = "answers.txt"
"""Where an application notes its answers, in the folder of its server."""
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Limiter:
    """What a run is sent to.

    Attributes:
        start: Puts it in front of an API, with files of its own in a folder; yields its base URL.
        rows: Of the sheet.
        latency_s: How long the API works on a request.
        compared: Whether the time of a careful run is measured as well.
        resetting: So many of the rows are applied and never answered, evenly spread.
    """

    start: Callable[[Path, Backend], AbstractContextManager[str]]
    rows: int
    latency_s: float = 0.0
    compared: bool = False
    resetting: int = 0


@contextmanager
def _nginx(folder: Path, backend: Backend, name: str) -> Iterator[str]:
    with nginx(folder, backend.port) as urls:
        yield urls[name]


@contextmanager
def _haproxy(folder: Path, backend: Backend) -> Iterator[str]:
    with haproxy(folder, backend.port) as urls:
        yield urls["four_connections"]


@contextmanager
def _mod_qos(folder: Path, backend: Backend) -> Iterator[str]:
    if not (MODULES / "mod_qos.so").exists():
        raise installed.MissingError("mod_qos is not there (libapache2-mod-qos)")
    with apache(folder, backend.port, more=FOUR_CONNECTIONS) as urls:
        yield urls["plain"]


def _application(
    command: Callable[[str], Sequence[str | Path]], **variables: str | Callable[[], Path]
) -> Callable[[Path, Backend], AbstractContextManager[str]]:
    """Return what starts a server that is itself the API, by the command for a port, with these variables."""

    @contextmanager
    def start(folder: Path, _: Backend) -> Iterator[str]:
        def configure(folder: Path, ports: Mapping[str, int]) -> tuple[str, ...]:
            made = {name: value if isinstance(value, str) else value() for name, value in variables.items()}
            environment = [f"{name}={value}" for name, value in {"ANSWERS": folder / ANSWERS, **made}.items()]
            return (program("env"), *environment, *map(str, command(str(ports["plain"]))))

        with started(folder, ["plain"], configure) as urls:
            yield urls["plain"]

    return start


def _uvicorn(port: str) -> Sequence[str]:
    return (sys.executable, "-m", "uvicorn", "--port", port, "--app-dir", str(_HERE), *_FOUR, "applications:working")


_FOUR: Final = ("--limit-concurrency", "4")


def _granian(port: str) -> Sequence[str | Path]:
    options = ("--interface", "asgi", "--port", port, "--working-dir", _HERE, "--backpressure", "4")
    return (installed.python(), "-m", "granian", *options, "applications:working")


def _waitress(port: str) -> Sequence[str | Path]:
    options = (f"--listen=127.0.0.1:{port}", "--connection-limit=8", "--threads=8")
    return (installed.python(), "-m", "waitress", *options, "applications:working_wsgi")


def _slowapi(port: str) -> Sequence[str | Path]:
    options = ("--app-dir", _HERE, "--port", port, "--factory")
    return (installed.python(), "-m", "uvicorn", *options, "applications:limited_by_slowapi")


def _node(name: str, count: int, period_s: int) -> Callable[[Path, Backend], AbstractContextManager[str]]:
    def command(port: str) -> Sequence[str | Path]:
        return (program("node"), _HERE / "limited.js", name, str(count), str(1000 * period_s), port)

    return _application(command, NODE_PATH=installed.node)


LIMITERS: Final[Mapping[str, Limiter]] = {
    "nginx: 10 a second": Limiter(lambda folder, api: _nginx(folder, api, "10 a second"), 250),
    "nginx: 10 a second, bursts of 20": Limiter(
        lambda folder, api: _nginx(folder, api, "10 a second, bursts of 20"), 250
    ),
    "nginx: 4 requests": Limiter(lambda folder, api: _nginx(folder, api, "4 at once"), 120, WORK_S, compared=True),
    "HAProxy: 4 connections": Limiter(_haproxy, 120, WORK_S, compared=True),
    "Apache: 4 connections": Limiter(_mod_qos, 120, WORK_S, compared=True),
    "uvicorn: 4 connections": Limiter(_application(_uvicorn), 120, compared=True),
    "granian: 4 connections": Limiter(_application(_granian, PYTHONPATH=str(_HERE)), 120, compared=True),
    "waitress: 8 connections": Limiter(_application(_waitress, PYTHONPATH=str(_HERE)), 120, compared=True),
    "koa-ratelimit: 60 in 10 s": Limiter(_node("koa", 60, 10), 600),
    "koa-ratelimit: the same, no headers": Limiter(_node("koa without headers", 60, 10), 600),
    "koa-ratelimit: 100 in 60 s, no headers": Limiter(_node("koa without headers", 100, 60), 600),
    "express-rate-limit: 60 in 10 s": Limiter(_node("express", 60, 10), 600),
    "express-rate-limit: the same, no headers": Limiter(_node("express without headers", 60, 10), 600),
    "slowapi: 60 in 10 s": Limiter(_application(_slowapi, LIMIT="60/10second"), 600),
    "slowapi: 100 in 60 s": Limiter(_application(_slowapi, LIMIT="100/minute"), 600),
    "nginx: two upstreams, 3 rows reset": Limiter(
        lambda folder, api: _nginx(folder, api, "two upstreams"), 60, resetting=3
    ),
}
