"""Printing never stands in the way of a run, nor of what its reports say."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, person

pytestmark = pytest.mark.proof


def _command(api: Api, source: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "importer", "run", str(source), *api.options, "--yes", *options]


def test_a_reader_that_closes_the_pipe_changes_nothing(api: Api, sheet: Callable[..., Path]) -> None:
    """`importer run … | head` keeps the exit code of the run and does not complain."""
    process = subprocess.Popen(
        _command(api, sheet(person(1)), "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 0
    assert "rror" not in err


def test_a_result_that_cannot_be_printed_is_a_failure(api: Api, sheet: Callable[..., Path]) -> None:
    """Stdout on a full disk: the run's summary file is named, and cron does not take it for well."""
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            _command(api, sheet(person(1)), "--json"), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 5
    assert "could not be printed" in found.stderr
    assert "summary.json" in found.stderr


def test_a_full_stderr_changes_nothing(api: Api, sheet: Callable[..., Path]) -> None:
    """What cannot be said beside the result is left out."""
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(_command(api, sheet(person(1))), stdout=subprocess.PIPE, stderr=full, check=False)
    assert (found.returncode, len(api.requests())) == (0, 1)


def test_closed_streams_change_nothing(api: Api, sheet: Callable[..., Path]) -> None:
    """A daemon that starts it without stdout and stderr gets a run all the same."""
    source = sheet(person(1))
    command = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *_command(api, source)]
    assert subprocess.run(command, check=False).returncode == 0
    assert len(list(source.parent.glob("changes-*/annotated.csv"))) == 1


def test_a_terminal_that_hangs_up_ends_the_run_with_its_reports(sheet: Callable[..., Path], tmp_path: Path) -> None:
    """Every write to the terminal fails: what was in flight is waited for all the same, the reports are there."""
    import pty  # noqa: PLC0415 - only here

    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log, latency_s=0.2)) as sandbox:
        api = Api(sandbox.base_url, log)
        source = sheet(*(person(row) for row in range(1, 401)))
        in_control = (
            "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
            f" sys.argv[1:] = {_command(api, source, '--yes', '--concurrency', '4')[3:]!r};"
            " from importer.cli import main; main()"
        )
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", in_control], stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        deadline = time.monotonic() + 30
        while len(api.requests()) < 8 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.close(master)
        assert process.wait(timeout=30) == 128 + signal.SIGHUP
    summary = json.loads(next(source.parent.glob("changes-*/summary.json")).read_text("utf-8"))
    assert summary["stop_reason"] == "hung_up"
    assert summary["statuses"]["updated"] == len(api.requests())
    assert summary["balanced"]


def test_an_ascii_terminal_gets_escapes(api: Api, sheet: Callable[..., Path], tmp_path: Path) -> None:
    """Where stdout has no letters beyond ASCII, text is escaped, and JSON stays JSON."""
    folder = tmp_path / "Änderungen 😀"
    folder.mkdir()
    source = sheet(person(1)).rename(folder / "übung.csv")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    found = subprocess.run(_command(api, source, "--json"), env=environment, capture_output=True, check=False)
    assert found.returncode == 0
    assert json.loads(found.stdout.decode("ascii"))["source"]["path"] == str(source)
    found = subprocess.run(_command(api, source), env=environment, capture_output=True, check=False)
    assert (found.returncode, b"annotated.csv" in found.stdout) == (0, True)
