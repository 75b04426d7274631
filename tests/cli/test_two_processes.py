"""A large source is checked by two processes: what a person, a system or a signal does to one of them."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from importer.model.exit_codes import exit_code_of_stop
from importer.model.stop_reasons import StopReason
from tests.forking.process import Forked
from tests.scene import GROUP, HEADER, environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="there is no second process elsewhere"),
]

_ROWS: Final = 45_000
_BAD: Final = 7
"""Every so many rows have an address without a domain."""
_PATIENCE_S: Final = 60.0


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sheet that is large enough, in which some rows are wrong."""
    path = tmp_path_factory.mktemp("large") / "changes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in range(2, _ROWS + 2):
            address = f"person.{row}@firm.example.com" if row % _BAD else f"person.{row}"
            writer.writerow((f"{row:08x}-0000-4000-8000-{row:012x}", "Ana", "Reyes", address))
    return path


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(source: Path, tmp_path: Path) -> Iterator[Start]:
    """Yield what starts a check in a session of its own; whatever is left of it at the end is killed."""
    started = []

    def begin(*options: str) -> subprocess.Popen[str]:
        arguments = ["check", str(source), "--group-id", GROUP, "--linked-account-id", "acct-1", "--json", *options]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        surroundings = environment(IMPORTER_STATE_DIR=str(tmp_path / "state"))
        process = Forked[str](["importer", *arguments], env=surroundings, start_new_session=True, **pipes)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _stat(pid: int | str) -> tuple[str, int] | None:
    """Return the state and the parent of a process (proc_pid_stat(5)); None of one that is gone."""
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return state, int(parent)


def _children(pid: int) -> list[int]:
    others = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return [other for other in others if (stat := _stat(other)) is not None and stat[1] == pid]


def _wait_for(condition: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the condition returns
    until = time.monotonic() + _PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.001)
    return found


def _second_of(process: subprocess.Popen[str]) -> int:
    """Return the second process, as soon as there is one."""
    children: list[int] = _wait_for(lambda: _children(process.pid))
    return children[0]


def _expect_whole(process: subprocess.Popen[str]) -> None:
    """Expect that every row is told of as it is, in a check that has ended."""
    output, errors = process.communicate()
    told: Mapping[str, Any] = json.loads(output)
    wrong = sum(row % _BAD == 0 for row in range(2, _ROWS + 2))
    assert (process.returncode, told["source"]["rows"]) == (1, _ROWS), errors
    assert {name: count for name, count in told["statuses"].items() if count} == {
        "valid": _ROWS - wrong,
        "invalid": wrong,
    }


def test_a_large_source_is_checked_by_two(start: Start) -> None:
    """And every row is told of."""
    process = start()
    _second_of(process)
    _expect_whole(process)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV], ids=["killed", "crashed"])
def test_a_second_process_that_dies_costs_no_row(start: Start, number: int) -> None:
    """As where the system has no memory left: the first one goes on by itself."""
    process = start()
    os.kill(_second_of(process), number)
    _expect_whole(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP])
def test_what_is_sent_to_the_second_process_is_for_the_first(start: Start, number: int) -> None:
    """It neither ends nor stops by itself: whoever looks on has one process before them."""
    process = start()
    os.kill(_second_of(process), number)
    _expect_whole(process)


def test_a_check_that_is_given_up_leaves_no_process(start: Start) -> None:
    """Interrupted twice, as from a terminal, which tells both processes."""
    process = start()
    second = _second_of(process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.stderr is not None
    while "Stopping" not in process.stderr.readline():
        pass
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(_PATIENCE_S) == exit_code_of_stop(StopReason.INTERRUPTED)
    assert _stat(second) is None


def test_a_first_process_that_is_killed_takes_the_second_along(start: Start, tmp_path: Path) -> None:
    """And what it held is free: the next check is as any other."""
    process = start()
    second = _second_of(process)
    process.kill()
    process.wait()
    _wait_for(lambda: (stat := _stat(second)) is None or stat[0] == "Z")
    assert (tmp_path / "state" / "journal.sqlite").exists()
    _expect_whole(start())


def test_a_check_that_is_stopped_goes_on_with_both(start: Start) -> None:
    """Ctrl-Z tells both, and whoever lets it go on by its number tells one."""
    process = start()
    os.kill(_second_of(process), signal.SIGTSTP)
    os.kill(process.pid, signal.SIGSTOP)  # what Ctrl-Z does to one of a session of its own is nothing
    _wait_for(lambda: (stat := _stat(process.pid)) is not None and stat[0] == "T")
    os.kill(process.pid, signal.SIGCONT)
    _expect_whole(process)
