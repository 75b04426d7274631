"""What others may do beside a run whose process was stopped, as by Ctrl-Z, wherever it was at that moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from importer.journal import database
from importer.journal.database import BUSY_S
from importer.processes import is_stopped, writers
from importer.sandbox import Sandbox, SandboxOptions
from tests.cli.conftest import Api, Importer, Said, person
from tests.forking.process import Forked
from tests.journal.holding import holding

pytestmark = pytest.mark.proof

SheetOf = Callable[..., Path]
_AT_ONCE_S = BUSY_S / 2
_PATIENCE_S = 60
_WRITE_LOCK = 120
IN_FLIGHT, IN_A_COMMIT, READING = "in flight", "in a commit", "reading"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Api]:
    """Yield another API than that to which the stopped run sends."""
    log = tmp_path / "elsewhere.jsonl"
    with Sandbox(SandboxOptions(any_customer=True, request_log=log)) as sandbox:
        yield Api(sandbox.base_url, log)


@pytest.fixture
def sheet_of(sheet: Callable[..., Path], tmp_path: Path) -> SheetOf:
    """Return a function that writes a sheet of so many customers; the address of the first one may be given."""

    def write(name: str, rows: int = 2, email: str | None = None) -> Path:
        people = (person(number, email if number == 1 else None) for number in range(1, rows + 1))
        return sheet(*people).rename(tmp_path / f"{name}.csv")

    return write


@pytest.fixture
def ended(importer: Importer, elsewhere: Api, sheet_of: SheetOf) -> str:
    """Return the id of a run that has ended, with a row that may be tried again."""
    said = importer("run", sheet_of("ended", email="sandbox+500@example.com"), *elsewhere.options, "--json")
    assert said.code == 1
    return str(said.json["run_id"])


@pytest.fixture
def unfinished(importer: Importer, elsewhere: Api, sheet_of: SheetOf, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a run that can be gone on with."""
    with monkeypatch.context() as meanwhile:
        meanwhile.setenv("IMPORTER_API_KEY", "refused")
        said = importer("run", sheet_of("unfinished"), *elsewhere.options, "--json")
    assert said.code == 4
    return str(said.json["run_id"])


def _stop(process: subprocess.Popen[str], journal: Path, *, writing: bool) -> None:
    """Stop a process while it writes to the journal, or while it does not."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        assert time.monotonic() < until, "it does not come to that"
        assert process.poll() is None
        process.send_signal(signal.SIGSTOP)
        while not is_stopped(process.pid):
            time.sleep(0.001)
        holds = writers(journal.with_name("journal.sqlite-shm"), (_WRITE_LOCK,))
        if (process.pid in (holds or ())) is writing:
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.003)


@pytest.fixture
def stopped_run(
    where: str,
    ended: str,
    unfinished: str,
    api: Api,
    importer: Importer,
    sheet_of: SheetOf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[subprocess.Popen[str]]:
    """Yield a run of a few thousand rows, stopped there; afterwards it goes on, and comes to its end."""
    assert ended != unfinished
    journal = tmp_path / "state" / "journal.sqlite"
    options = ("--output", tmp_path / "of-the-stopped", "--concurrency", "4")
    source = sheet_of("many", 20_000 if where == READING else 2_000)
    with monkeypatch.context() as meanwhile:
        meanwhile.setenv("IMPORTER_CHUNK_ROWS", "50" if where == READING else "5000")
        command = ["importer", "run", str(source), *api.options, *map(str, options), "--yes"]
        process: subprocess.Popen[str] = Forked(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + _PATIENCE_S
        while not (_is_reading(importer) if where == READING else api.requests()):
            assert time.monotonic() < until, "it does not begin"
        _stop(process, journal, writing=where == IN_A_COMMIT)
        yield process
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE_S)
        assert process.returncode == 143
    finally:
        process.kill()
        process.communicate()


def _is_reading(importer: Importer) -> bool:
    newest = importer("history", "--json").json[0]
    return bool(newest["state"] == "running")


def _at_once(importer: Importer, *arguments: object) -> Said:
    began = time.monotonic()
    said = importer(*arguments)
    assert time.monotonic() - began < _AT_ONCE_S, arguments
    return said


@pytest.mark.parametrize("where", [IN_FLIGHT, IN_A_COMMIT, READING])
def test_whoever_only_reads_is_not_kept_waiting(
    where: str, stopped_run: subprocess.Popen[str], ended: str, importer: Importer, tmp_path: Path
) -> None:
    """History, show and reports of other runs are what they are at any time, wherever the stopped process is."""
    history = _at_once(importer, "history", "--json")
    assert (history.code, [run["state"] for run in history.json]) == (0, ["running", "unfinished", "ended"]), where
    assert _at_once(importer, "history", "--html", tmp_path / "runs.html").code == 0
    shown = _at_once(importer, "show")
    assert shown.code == 0
    assert f"is stopped. Let it go on, with `fg` in its terminal or `kill -CONT {stopped_run.pid}`" in shown.out
    assert _at_once(importer, "show", ended).code == 0
    assert _at_once(importer, "report", ended).code == 0


@pytest.mark.parametrize("where", [IN_FLIGHT, READING])
def test_runs_to_other_places_are_not_kept_waiting(
    where: str,
    stopped_run: subprocess.Popen[str],
    ended: str,
    unfinished: str,
    elsewhere: Api,
    importer: Importer,
    sheet_of: SheetOf,
) -> None:
    """No transaction is open while rows are in flight, or the source is read."""
    assert stopped_run.poll() is None, where
    source = sheet_of("another")
    assert _at_once(importer, "check", source).code == 0
    assert _at_once(importer, "resume", unfinished).code == 0
    assert _at_once(importer, "run", source, *elsewhere.options).code == 0
    assert _at_once(importer, "retry", ended).code == 1


@pytest.mark.parametrize("where", [IN_FLIGHT, READING])
@pytest.mark.parametrize("wait_s", [0, 1])
def test_whoever_wants_what_it_has_is_told_that_it_is_stopped(
    where: str, wait_s: int, stopped_run: subprocess.Popen[str], api: Api, importer: Importer, sheet_of: SheetOf
) -> None:
    """Its run and its place are its own; the message names it, and what lets it go on."""
    run = importer("history", "--json").json[0]["run_id"]
    for command in (["run", sheet_of("another"), *api.options], ["resume", run]):
        said = _at_once(importer, *command, "--wait", wait_s, "--json")
        assert (said.code, said.json["error"]["code"]) == (75, "locked"), where
        _names(said, stopped_run)
    for command in (["retry", run, "--json"], ["report", run, "--json"]):
        said = _at_once(importer, *command)
        assert (said.code, said.json["error"]["code"]) == (75, "locked"), where
        _names(said, stopped_run)


def _names(said: Said, process: subprocess.Popen[str]) -> None:
    error = said.json["error"]
    assert f"process {process.pid}, which is stopped" in error["message"]
    assert f"kill -CONT {process.pid}" in error["hint"]


@pytest.mark.parametrize("where", [IN_A_COMMIT])
def test_whoever_must_write_is_told_that_it_is_stopped_in_a_commit(
    where: str,
    stopped_run: subprocess.Popen[str],
    ended: str,
    unfinished: str,
    elsewhere: Api,
    importer: Importer,
    sheet_of: SheetOf,
) -> None:
    """In the few milliseconds of a commit nobody else can write: that is 75, soon, and nothing was done."""
    sent, source = len(elsewhere.requests()), sheet_of("another")
    for command in (["check", source], ["resume", unfinished], ["run", source, *elsewhere.options], ["retry", ended]):
        said = _at_once(importer, *command, "--json")
        assert (said.code, said.json["error"]["code"]) == (75, "journal_held"), (where, command)
        _names(said, stopped_run)
    assert len(elsewhere.requests()) == sent
    history = importer("history", "--json").json
    assert [run["state"] for run in history] == ["running", "unfinished", "ended"]


def test_a_run_that_is_sending_waits_for_longer_and_can_be_gone_on_with(
    elsewhere: Api, importer: Importer, sheet_of: SheetOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests have left, so that it is no 75: it ends with 5, and names the process and the way to go on."""
    waited_s = 4.0
    monkeypatch.setattr(database, "BUSY_S", waited_s)
    said_it_all = Event()
    pids: list[int] = []

    def hold() -> None:
        while not elsewhere.requests():
            time.sleep(0.01)
        with holding(tmp_path / "state") as process:
            pids.append(process.pid)
            said_it_all.wait()

    holder = Thread(target=hold)
    holder.start()
    began = time.monotonic()
    said = importer("run", sheet_of("many", 2_000), *elsewhere.options, "--json")
    said_it_all.set()
    holder.join()
    assert time.monotonic() - began > waited_s
    error = said.json["error"]
    assert (said.code, error["code"]) == (5, "journal_held")
    assert f"process {pids[0]}, which is stopped" in error["message"]
    assert "in the middle of sending" in error["message"]
    assert "importer resume" in error["hint"]
    assert importer("resume").code == 0


def test_ctrl_z_never_stops_a_run_while_it_writes_to_the_journal(
    elsewhere: Api, importer: Importer, sheet_of: SheetOf, tmp_path: Path
) -> None:
    """It stops a moment later, each time; and what is let go on comes to its end."""
    command = [sys.executable, "-m", "importer", "run", str(sheet_of("many", 3_000)), *elsewhere.options, "--yes"]
    shared_memory = tmp_path / "state" / "journal.sqlite-shm"
    # A group of its own, as a shell has it for each job: there is somebody who can let it go on.
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, process_group=0)
    try:
        _wait_for(elsewhere.requests)
        for _ in range(40):
            process.send_signal(signal.SIGTSTP)
            process.send_signal(signal.SIGTSTP)
            _wait_for(lambda: is_stopped(process.pid))
            assert process.pid not in (writers(shared_memory, (_WRITE_LOCK,)) or ())
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
            if is_stopped(process.pid):  # the second one came when it had stopped and gone on
                process.send_signal(signal.SIGCONT)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE_S)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 143
    assert importer("history", "--json").json[0]["exit_code"] == 143


def _wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.001)
