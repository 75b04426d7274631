"""On a real terminal: a question before sending, a bar meanwhile; elsewhere neither, and no colour."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, Said, customer, person
from tests.cli.screen.terminal import TerminalScreen
from tests.forking.process import Forked

pytestmark = pytest.mark.proof


Begin = Callable[..., "subprocess.Popen[bytes]"]


def _on_a_terminal(
    command: Sequence[str], answer: bytes, *, until: bytes = b"[y/N]", begin: Begin = Forked
) -> tuple[int, str]:
    """Run a command on a terminal of its own, answer its question, and return its exit code and what it showed."""
    master, slave = pty.openpty()
    process = begin(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(slave)
    shown, answered, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 0.1)
        if ready:
            try:
                shown += os.read(master, 65536)
            except OSError:  # The other side is closed.
                break
        elif process.poll() is not None:
            break
        if until in shown and not answered and answer:
            time.sleep(0.3)  # as long as a person takes: Python's input() misses what comes just before it waits
            os.write(master, answer)
            answered = True
    os.close(master)
    return process.wait(timeout=30), shown.decode()


@pytest.fixture
def command(api: Api, sheet: Callable[..., Path]) -> Sequence[str]:
    """Return a run of three rows, as a person would type it."""
    source = sheet(*(person(row) for row in range(1, 4)))
    return ["importer", "run", str(source), *api.options]


def test_a_person_is_shown_what_goes_where_and_asked(command: Sequence[str], api: Api) -> None:
    """The question comes after the number of requests and the target; yes sends."""
    code, shown = _on_a_terminal(command, b"y\n")
    assert code == 0
    assert "3 to send" in shown
    assert shown.index(api.base_url) < shown.index("Send 3 requests?")
    assert "All 3 rows are confirmed." in shown
    assert len(api.requests()) == 3


def test_the_question_says_how_many_rows_go_where_only_the_run_says(api: Api, sheet: Callable[..., Path]) -> None:
    """Where some rows name their group and others do not, a person knows before anything is sent."""
    own = (*person(1), "99999999-2222-4333-8444-555555555555")
    source = sheet(own, (*person(2), ""), header="Customer ID,First Name,Last Name,Email,Group ID")
    code, shown = _on_a_terminal(["importer", "run", str(source), *api.options], b"n\n")
    assert (code, api.requests()) == (130, [])
    assert "Of all valid rows, 1 has no group of its own, and takes that of the run" in shown
    assert "1 row to group 99999999-2222-4333-8444-555555555555, account acct-1" in shown
    assert "Send 2 requests?" in shown


def test_no_sends_nothing_and_leaves_nothing(
    importer: Importer, command: Sequence[str], api: Api, tmp_path: Path
) -> None:
    """No run, no folder, nothing to resume: as if it had not been typed."""
    code, shown = _on_a_terminal(command, b"n\n")
    assert (code, api.requests()) == (130, [])
    assert "Declined: nothing was sent, and no run is left." in shown
    assert "Error" not in shown
    _nothing_is_left(importer, tmp_path)


def _nothing_is_left(importer: Importer, folder: Path) -> None:
    assert importer("history", "--json").json == []
    assert importer("resume", "--json").json["error"]["code"] == "nothing_to_resume"
    assert not list(folder.glob("changes-*"))
    assert not list((folder / "state" / "runs").iterdir())


def test_ctrl_c_at_the_question_is_a_no(command: Sequence[str], api: Api) -> None:
    """The terminal's own interrupt ends the question, not with a traceback."""
    in_control = (
        "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        f" sys.argv[1:] = {list(command[1:])!r}; from importer.cli import main; main()"
    )
    code, shown = _on_a_terminal([sys.executable, "-c", in_control], b"\x03", begin=subprocess.Popen)
    assert (code, api.requests()) == (130, [])
    assert "Traceback" not in shown
    assert "Declined" in shown
    assert "in flight" not in shown


@pytest.mark.parametrize("columns", [80, 120])
def test_ctrl_c_while_rows_are_sent_says_what_it_does(
    command: Sequence[str], api: Api, tmp_path: Path, columns: int
) -> None:
    """The sentence is there to the end, whole: the bar is not drawn over it."""
    arguments = [*command[1:], "--yes", "--rate", "1"]
    screen = TerminalScreen(arguments, columns=columns, folder=tmp_path, variables=os.environ)
    screen.read_until(lambda text: "1 updated" in text)
    screen.type("\x03")
    shown = " ".join(screen.read_until(lambda _: False).split())
    assert screen.close() == 130
    assert "Stopping: nothing new is sent, what is in flight is waited for. Once more gives that up." in shown
    assert 0 < len(api.requests()) < 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)])
def test_a_signal_at_the_question_leaves_nothing(
    importer: Importer, command: Sequence[str], api: Api, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Whoever has not agreed has not begun anything: the next command finds no run, however the question ended."""
    master, slave = pty.openpty()
    process = Forked[bytes](command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(master, 65536)
    assert importer("history", "--json").json[0]["state"] == "running"
    process.send_signal(number)
    assert process.wait(timeout=30) == code
    os.close(master)
    assert api.requests() == []
    _nothing_is_left(importer, tmp_path)


def test_yes_does_not_ask_and_shows_a_bar(command: Sequence[str], api: Api) -> None:
    """`--yes` sends at once; the bar counts rows."""
    code, shown = _on_a_terminal([*command, "--yes"], b"")
    assert code == 0
    assert "requests?" not in shown
    assert "3/3" in shown
    assert len(api.requests()) == 3


def test_what_is_for_a_program_is_not_broken_into_lines(command: Sequence[str]) -> None:
    """A terminal is as good as a pipe: `--json` is one object on one line."""
    code, shown = _on_a_terminal([*command, "--yes", "--json", "-q"], b"")
    assert (code, json.loads(shown)["exit_code"], len(shown.splitlines())) == (0, 0, 1)
    code, shown = _on_a_terminal(["importer", "history", "--json"], b"")
    assert (code, len(json.loads(shown)), len(shown.splitlines())) == (0, 1, 1)


def test_the_sandbox_is_no_question(sheet: Callable[..., Path]) -> None:
    """What stays on this machine needs no leave."""
    source = sheet(person(1))
    code, shown = _on_a_terminal(["importer", "run", str(source), "--sandbox"], b"")
    assert (code, "requests?" in shown) == (0, False)


def test_without_a_terminal_there_is_no_colour_and_no_bar(
    importer: Importer, api: Api, sheet: Callable[..., Path]
) -> None:
    """Output for cron is plain lines."""
    source = sheet(person(1), ("x", "A", "B", "c"))
    said = importer("run", source, *api.options)
    assert said.code == 1
    assert "\x1b" not in said.out + said.err
    assert "\r" not in said.out + said.err
    assert "1 of 2 rows is confirmed. 1 needs fixing." in said.out


def test_quiet_and_verbose(importer: Importer, api: Api, sheet: Callable[..., Path]) -> None:
    """`-q` is silent where all is well, and so is `-qq`; `-v` adds a line a row that names no person."""
    source = sheet(person(1))
    assert importer("run", source, *api.options, "-q") == Said(0, "", "")
    assert importer("run", source, *api.options, "-qq").out == ""
    verbose = importer("run", source, *api.options, "-v")
    assert "Read as csv" in verbose.err
    (row,) = [line for line in verbose.err.splitlines() if "row=2" in line]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]{2,5} \[debug", row)
    assert "status=updated" in verbose.err
    assert "Given1" not in verbose.err
    assert "person1" not in verbose.err


def test_json_prints_nothing_else_on_stdout(importer: Importer, api: Api, sheet: Callable[..., Path]) -> None:
    """Progress goes to stderr, so that a program can read stdout."""
    assert importer("run", sheet(person(1)), *api.options, "--json", "-v").json["exit_code"] == 0


def test_the_log_file_holds_json_lines_without_people(
    importer: Importer, api: Api, sheet: Callable[..., Path], tmp_path: Path, either_wire: str
) -> None:
    """A line for every event, which names the run, the row and the customer, and one for what sends."""
    log = tmp_path / "log.jsonl"
    importer("run", sheet(person(1)), *api.options, "--log-file", log)
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    rows = [event for event in events if event["event"] == "row"]
    assert [(row["row"], row["customer_id"], row["status"]) for row in rows] == [(2, customer(1), "updated")]
    assert [event["name"] for event in events if event["event"] == "wire"] == [either_wire]
    assert all(event["run"] for event in events)
    assert not {"Given1", "person1", "good-key"} & set(log.read_text("utf-8").replace('"', " ").split())
