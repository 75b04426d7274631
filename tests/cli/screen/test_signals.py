"""Ctrl-C, SIGTERM and SIGHUP in the middle of a run of the real command."""

from __future__ import annotations

import csv
import json
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, Importer, person
from tests.forking.process import Forked

pytestmark = pytest.mark.proof

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def slow_api(tmp_path: Path) -> Iterator[Api]:
    """Yield an API that answers after a while."""
    log = tmp_path / "requests.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log, latency_s=0.1)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def start(slow_api: Api) -> Iterator[Start]:
    """Return a function that starts a run; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(source: Path, *options: str) -> subprocess.Popen[str]:
        command = ["importer", "run", str(source), *slow_api.options, "--yes", "--json", *options]
        process = Forked[str](command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def _catches(process: int, number: signal.Signals) -> bool:
    """Return whether a process has something of its own to do when it gets a signal."""
    status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught, 16) >> (number - 1) & 1)


def _annotated(summary: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    with Path(summary["reports"]["annotated"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        pytest.param(signal.SIGINT, 130, "interrupted", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "terminated", id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, "hung_up", id="SIGHUP"),
    ],
)
def test_a_signal_lets_what_is_in_flight_finish_and_writes_the_reports(
    start: Start, slow_api: Api, sheet: Callable[..., Path], number: signal.Signals, code: int, reason: str
) -> None:
    """Once: no new requests, those in flight are waited for; report and request log agree row by row."""
    process = start(sheet(*(person(row) for row in range(1, 201))), "--concurrency", "4")
    _wait_for(lambda: len(slow_api.requests()) >= 8)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    summary = json.loads(out)
    assert (process.returncode, summary["exit_code"], summary["stop_reason"]) == (code, code, reason)
    assert "what is in flight is waited for" in err
    applied = {request["customer_id"] for request in slow_api.requests()}
    rows = _annotated(summary)
    assert {row["Customer ID"] for row in rows if row["status"] == "updated"} == applied
    assert Counter(row["status"] for row in rows) == {"updated": len(applied), "not_sent": 200 - len(applied)}
    assert {row["error_code"] for row in rows if row["status"] == "not_sent"} == {reason}


def test_who_stops_a_run_that_nobody_has_answered_may_correct_its_url(
    start: Start, importer: Importer, sheet: Callable[..., Path]
) -> None:
    """To go on with it would only repeat it, if the URL is wrong; nobody but the person knows."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        process = start(sheet(*(person(row) for row in range(1, 40))), "--base-url", url)
        assert process.stderr is not None
        while "No answer" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["stop_reason"]) == (130, "interrupted")
    told = importer("show").out
    assert f"Nobody answered at {url}. If that is right, go on with the run: importer resume " in told
    assert "If it is wrong, run it again with the right --base-url, and give this one up: importer forget " in told


def test_a_signal_to_a_quiet_run_without_a_terminal_is_one_line(
    start: Start, slow_api: Api, sheet: Callable[..., Path]
) -> None:
    """What came of the run; that it stops need not be told to a mail."""
    process = start(sheet(*(person(row) for row in range(1, 201))), "--concurrency", "4", "-q")
    _wait_for(lambda: len(slow_api.requests()) >= 8)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    (line,) = err.splitlines()
    assert process.returncode == 143
    assert "The run stopped early: it was asked to terminate." in line


def test_a_second_signal_gives_up_what_is_in_flight(start: Start, slow_api: Api, sheet: Callable[..., Path]) -> None:
    """Twice: rows in flight are `unconfirmed`, since nobody can know, and the reports are written."""
    process = start(sheet(person(1, "sandbox+timeout@example.com"), *(person(row) for row in range(2, 5))))
    _wait_for(lambda: len(slow_api.requests()) == 4)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("what is in flight is waited for" in line for line in process.stderr)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)  # not before: two of a kind that nobody has heard yet are one
    out, _ = process.communicate(timeout=30)
    rows = _annotated(json.loads(out))
    assert process.returncode == 130
    assert [row["status"] for row in rows] == ["unconfirmed", "updated", "updated", "updated"]
    assert rows[0]["error_code"] == "given_up"


def test_a_third_signal_ends_at_once(start: Start, slow_api: Api, sheet: Callable[..., Path], tmp_path: Path) -> None:
    """Three times: the process ends, and the journal still says that the row is in flight."""
    import sqlite3  # noqa: PLC0415 - to look into the journal from outside

    process = start(sheet(person(1, "sandbox+timeout@example.com")))
    _wait_for(lambda: len(slow_api.requests()) == 1)
    process.send_signal(signal.SIGSTOP)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process.send_signal(number)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=10)
    assert process.returncode in (129, 130, 143)
    with sqlite3.connect(tmp_path / "state" / "journal.sqlite") as journal:
        phases = journal.execute("SELECT phase FROM rows").fetchall()
    journal.close()
    assert phases in ([(1,)], [(2,)])


def test_a_signal_while_the_source_is_checked_sends_nothing(
    slow_api: Api, sheet: Callable[..., Path], start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first lets the checks finish: every row is accounted for, and none is sent."""
    monkeypatch.setenv("IMPORTER_CHUNK_ROWS", "100")
    process = start(sheet(*(person(row) for row in range(1, 20_001))))
    assert process.stderr is not None
    assert "reading" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    summary = json.loads(out)
    assert process.returncode == 130
    assert summary["statuses"]["not_sent"] == 20_000
    assert slow_api.requests() == []


def test_a_second_signal_while_the_source_is_checked_ends_without_a_run(
    sheet: Callable[..., Path], start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is sent, nothing is written, and the program is told so."""
    monkeypatch.setenv("IMPORTER_CHUNK_ROWS", "100")
    source = sheet(*(person(row) for row in range(1, 20_001)))
    process = start(source)
    assert process.stderr is not None
    assert "reading" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _wait_for(lambda: process.stderr is not None and "Stopping" in process.stderr.readline())
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["exit_code"]) == (143, 143)
    assert json.loads(out)["error"]["code"] == "terminated"
    assert [path.name for path in source.parent.glob("changes-*")] == []
    assert list((tmp_path / "state" / "runs").iterdir()) == []


def test_a_signal_ends_the_waiting_for_another_run(
    start: Start, slow_api: Api, sheet: Callable[..., Path], tmp_path: Path
) -> None:
    """Who waits for its turn and is asked to stop has done nothing, and says so with the signal's exit code."""
    first = start(sheet(*(person(row) for row in range(1, 2001))), "--concurrency", "1")
    _wait_for(lambda: len(slow_api.requests()) >= 1)
    (tmp_path / "other.csv").write_bytes((tmp_path / "changes.csv").read_bytes())
    second = start(tmp_path / "other.csv", "--wait", "60")
    _wait_for(lambda: _catches(second.pid, signal.SIGTERM))
    time.sleep(1.0)  # nothing tells that it waits
    assert second.poll() is None
    second.send_signal(signal.SIGTERM)
    out, _ = second.communicate(timeout=30)
    assert (second.returncode, json.loads(out)["error"]["code"]) == (143, "terminated")
    assert not list(tmp_path.glob("other-*"))
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 143


def test_who_waits_gets_its_turn(start: Start, slow_api: Api, sheet: Callable[..., Path], tmp_path: Path) -> None:
    """When the first run ends, the second one sends."""
    first = start(sheet(*(person(row) for row in range(1, 31))), "--concurrency", "1")
    _wait_for(lambda: len(slow_api.requests()) >= 1)
    (tmp_path / "other.csv").write_bytes((tmp_path / "changes.csv").read_bytes())
    second = start(tmp_path / "other.csv", "--wait", "60")
    out, _ = second.communicate(timeout=60)
    assert first.wait(timeout=30) == 0
    assert json.loads(out)["statuses"]["updated"] == 30
    assert len(slow_api.requests()) == 60
