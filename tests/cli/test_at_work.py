"""What others may do with a run while a real process is at it, and after that process was killed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, Importer, person

Sheet = Callable[..., Path]
_IGNORING = """
import os, signal, sys
signal.signal(int(sys.argv[1]), signal.SIG_IGN)
os.execv(sys.argv[2], sys.argv[2:])
"""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Yield an API that answers after a while."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log, latency_s=0.05)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a command; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, ignoring: signal.Signals | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "importer", *map(str, arguments)]
        if ignoring is not None:
            command = [sys.executable, "-c", _IGNORING, str(int(ignoring)), *command]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def _at_work(importer: Importer) -> str:
    """Return the id of the run that is at work, as soon as it has sent something, or is at its checks."""
    _wait_for(lambda: [run["state"] for run in importer("history", "--json").json][:1] == ["running"])
    return str(importer("history", "--json").json[0]["run_id"])


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_was_ignored_from_the_start_stays_so(
    number: signal.Signals, api: Api, sheet: Sheet, start: Start
) -> None:
    """With `nohup`, or in the background of a script, it does not stop a run; others still do."""
    process = start(
        "run",
        sheet(*(person(row) for row in range(1, 201))),
        *api.options,
        "--json",
        "--concurrency",
        "1",
        ignoring=number,
    )
    _wait_for(lambda: len(api.requests()) > 2)
    process.send_signal(number)
    sent = len(api.requests())
    _wait_for(lambda: len(api.requests()) > sent + 5)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["stop_reason"]) == (143, "terminated")
