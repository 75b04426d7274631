"""How long a run takes in front of servers that really limit, and how much they refuse: `python -m bench.between`.

Takes the names of some of `LIMITERS`, or all. nginx, Apache with mod_qos (Debian's packages) and uvicorn must be there.
Connections are capped: for these, the time beside that of `--concurrency 3` is what counts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.measure import IMPORTER, TARGET, measured, write_rows
from tests.between.apache import FOUR_CONNECTIONS, apache
from tests.between.backend import RESETS, Backend, serving
from tests.between.fronts import started
from tests.between.haproxy import haproxy
from tests.between.nginx import nginx

REPOSITORY: Final = Path(__file__).parent.parent
WORK_S: Final = 0.05
"""For each request, where connections are capped."""
CAREFUL: Final = ("--concurrency", "3")


@dataclass(frozen=True)
class Limiter:
    """What a run is sent to.

    Attributes:
        start: Puts it in front of an API; yields its base URL.
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
    with apache(folder, backend.port, more=FOUR_CONNECTIONS) as urls:
        yield urls["plain"]


@contextmanager
def _uvicorn(folder: Path, _: Backend) -> Iterator[str]:
    def configure(_: Path, ports: Mapping[str, int]) -> tuple[str, ...]:
        options = ("--app-dir", str(REPOSITORY), "--port", str(ports["plain"]), "--limit-concurrency", "4")
        return (sys.executable, "-m", "uvicorn", "bench.between:app", *options)

    with started(folder, ["plain"], configure) as urls:
        yield urls["plain"]


Event = dict[str, Any]


async def app(scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]) -> None:
    """Confirm every request, as an ASGI application."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await asyncio.sleep(WORK_S)
    stored = {"id": scope["path"].rpartition("/")[2], "updated_at": "2026-01-01T00:00:00Z", **json.loads(body)}
    answer = json.dumps(stored).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


LIMITERS: Final[Mapping[str, Limiter]] = {
    "nginx: 10 a second": Limiter(lambda folder, api: _nginx(folder, api, "10 a second"), 250),
    "nginx: 10 a second, bursts of 20": Limiter(
        lambda folder, api: _nginx(folder, api, "10 a second, bursts of 20"), 250
    ),
    "nginx: 4 requests": Limiter(lambda folder, api: _nginx(folder, api, "4 at once"), 120, WORK_S, compared=True),
    "HAProxy: 4 connections": Limiter(_haproxy, 120, WORK_S, compared=True),
    "Apache: 4 connections": Limiter(_mod_qos, 120, WORK_S, compared=True),
    "uvicorn: 4 connections": Limiter(_uvicorn, 120, compared=True),
    "nginx: two upstreams, 3 rows reset": Limiter(
        lambda folder, api: _nginx(folder, api, "two upstreams"), 60, resetting=3
    ),
}


def main(names: list[str]) -> int:
    """Send a sheet to each of these limiters, and print what came of it."""
    print(f"{'':<40} {'seconds':>8} {'refused':>8} {'unsure':>7}  end")
    for name in names or LIMITERS:
        limiter = LIMITERS[name]
        _measure(limiter, name)
        if limiter.compared:
            _measure(limiter, f"  {' '.join(CAREFUL)}", *CAREFUL)
    return 0


def _measure(limiter: Limiter, label: str, *options: str) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="importer-bench-") as temporary,
        serving(latency_s=limiter.latency_s) as api,
    ):
        folder = Path(temporary)
        (folder / "front").mkdir()
        source = folder / "rows.csv"
        write_rows(source, limiter.rows)
        customers = [line.partition(",")[0] for line in source.read_text("utf-8").splitlines()[1:]]
        step = limiter.rows // (limiter.resetting + 1)
        resetting = customers[step - 1 :: step][: limiter.resetting]
        api.manners.update(dict.fromkeys(resetting, (RESETS,)))
        with limiter.start(folder / "front", api) as base_url:
            command = (
                *IMPORTER,
                "run",
                str(source),
                "--base-url",
                base_url,
                *TARGET,
                "--yes",
                "--json",
                "-q",
                *options,
            )
            run = measured(command, folder=folder)
        summary = _summary(folder)
        updated, attempts = summary["statuses"]["updated"], summary["attempts"]
        refused, unsure = 1 - updated / attempts, 1 - updated / limiter.rows
        end = f"{run.exit_code} {summary['stop_reason'] or ''}"
        print(f"{label:<40} {run.seconds:>8.1f} {refused:>8.1%} {unsure:>7.1%}  {end}", flush=True)


def _summary(folder: Path) -> dict[str, Any]:
    """Return the summary of the run; what it printed says why there is none."""
    for path in (folder / "reports").glob("*/summary.json"):
        return dict(json.loads(path.read_text("utf-8")))
    raise RuntimeError((folder / "output.txt").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
