"""Who is asked before anything is sent: a person at a terminal, wherever input and output lead; and who is not."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import Api, Importer, Stopped, person
from tests.cli.terminals import IMPORTER, terminal
from tests.forking.process import Forked

pytestmark = pytest.mark.proof

Sheet = Callable[..., Path]
ROWS = 3
_CODES: Final = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


@pytest.fixture
def source(sheet: Sheet) -> Path:
    """Return a sheet of three rows."""
    return sheet(*(person(row) for row in range(1, ROWS + 1)))


@pytest.fixture
def run(source: Path, api: Api) -> str:
    """Return the command that sends it, as it is typed."""
    return f"{IMPORTER} run {shlex.quote(str(source))} {shlex.join(api.options)}"


def _journal(folder: Path) -> list[tuple[Any, ...]]:
    """Return all that the journal knows of runs and rows."""
    with closing(sqlite3.connect(folder / "state" / "journal.sqlite")) as connection:
        return [
            row
            for table in ("runs", "rows", "tries", "confirmed", "progress")
            for row in connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of tables
        ]


def _files(folder: Path) -> dict[str, bytes]:
    """Return the reports in a folder of runs."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "state" not in path.parts}


@pytest.mark.parametrize("streams", ["2>log", ">out", ">out 2>log", "</dev/null", "</dev/null >out 2>log"])
def test_a_person_is_asked_wherever_output_goes(run: str, api: Api, tmp_path: Path, streams: str) -> None:
    """On the terminal itself, with all that it takes to answer; what else is said goes where it was sent to."""
    with terminal(f"cd {tmp_path} && {run} {streams}") as at:
        shown = at.until("Send 3 requests? [y/N]")
        assert f'To be sent to {api.base_url}: 3 of 3 rows of "changes.csv"' in shown
        assert "3 rows to group 11111111-2222-4333-8444-555555555555, account acct-1" in shown
        assert api.requests() == []
        at.type("y\n")
        assert at.end()[0] == 0
    assert len(api.requests()) == ROWS
    for name in ("out", "log"):
        assert "[y/N]" not in ((tmp_path / name).read_text() if (tmp_path / name).exists() else "")


def test_data_may_come_from_standard_input_and_the_answer_from_the_terminal(
    run: str, source: Path, api: Api, tmp_path: Path
) -> None:
    """What is piped in is no answer."""
    piped = run.replace(shlex.quote(str(source)), "-")
    with terminal(f"cd {tmp_path} && (cat {source}; echo y; echo y) | {piped}") as at:
        at.until("[y/N]")
        at.type("n\n")
        assert at.end()[0] == 130
    assert api.requests() == []
    with terminal(f"cd {tmp_path} && cat {source} | {piped}") as at:
        at.until('rows of "Standard input"')
        at.until("[y/N]")
        at.type("yes\n")
        assert at.end()[0] == 0
    assert len(api.requests()) == ROWS


def test_what_is_neither_yes_nor_no_is_asked_again(run: str, api: Api) -> None:
    """Nobody has agreed by typing something else; the end of the input is a no."""
    with terminal(run) as at:
        at.until("[y/N]")
        at.type("ja\n")
        at.until("Please answer y or n.")
        at.type("\x04")
        assert at.end()[0] == 130
    assert api.requests() == []


@pytest.mark.parametrize("before", ["", "stty tostop;"])
def test_a_process_in_the_background_has_no_terminal_and_does_not_stand_still(
    run: str, api: Api, tmp_path: Path, before: str
) -> None:
    """It is refused at once, before the file is read; told to send unasked, it does, and nothing stops it."""
    script = f'set -m; {before} {{}} & wait $!; echo "code $?"; jobs -s; echo done'
    with terminal(script.replace("{}", run)) as at:
        shown = at.until("done")
    assert "code 2" in shown
    assert "Nobody can be asked before sending" in shown
    assert "Stopped" not in shown
    assert not list(tmp_path.glob("changes-*"))
    with terminal(script.replace("{}", f"{run} --yes")) as at:
        assert "code 0" in at.until("done")
    assert len(api.requests()) == ROWS


def test_a_question_that_is_sent_into_the_background_is_a_no(
    importer: Importer, run: str, api: Api, tmp_path: Path
) -> None:
    """Ctrl-Z and `bg`: it does not stand still there with the lock, and leaves nothing."""
    with terminal(f'set -m; {run}; bg; wait; echo "code $?"') as at:
        at.until("[y/N]")
        at.type("\x1a")
        at.until("code ")
        assert "Declined" in at.until("Declined")
    assert api.requests() == []
    assert importer("history", "--json").json == []
    assert not list(tmp_path.glob("changes-*"))


def test_a_process_of_a_session_of_its_own_has_no_terminal(run: str, api: Api) -> None:
    """Its streams lead to one, which is another session's: it would take what is typed there from the shell."""
    with terminal(f'setsid -w {run}; echo "code $?"') as at:
        shown = at.until("code ")
    assert "code 2" in shown
    assert "Give --yes" in shown
    assert api.requests() == []


@pytest.mark.parametrize("command", ["run", "resume", "retry"])
def test_without_a_terminal_nothing_is_sent_unasked(
    importer: Importer, stopped: Stopped, source: Path, api: Api, command: str, tmp_path: Path
) -> None:
    """Exit code 2, by every command that sends, and all is as it was; with --yes it is sent."""
    words = [str(source), *api.options]
    if command != "run":
        summary = stopped(source)
        words = [summary["run_id"]]
        if command == "retry":
            importer("forget", *words)
    journal = _journal(tmp_path) if command != "run" else []
    files = _files(tmp_path)

    def there(*more: str) -> int:
        process = Forked[str](
            ["importer", command, *words, *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        out, err = process.communicate(timeout=60)
        assert process.returncode != 2 or ("Nobody can be asked" in err and out == "")
        return process.returncode

    before = len(api.requests())
    assert there() == 2
    assert len(api.requests()) == before
    assert _files(tmp_path) == files
    if command != "run":
        assert _journal(tmp_path) == journal
    assert there("--yes") == 0
    assert len(api.requests()) == before + ROWS


@pytest.mark.parametrize("answer", ["n\n", "\x03", signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_declined_resume_changes_nothing(
    stopped: Stopped, source: Path, api: Api, tmp_path: Path, answer: str | signal.Signals
) -> None:
    """It asks as `run` does; the run, its reports and what it keeps stay, also where the question is cut off."""
    run_id = stopped(source)["run_id"]
    before, journal, files = len(api.requests()), _journal(tmp_path), _files(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    with terminal(f"exec {IMPORTER} resume --output {elsewhere} 2>/dev/null") as at:
        at.until("Send 3 requests? [y/N]")
        if isinstance(answer, str):
            at.type(answer)
        else:
            os.kill(at.process.pid, answer)
        code, shown = at.end()
    assert code == (_CODES[answer] if isinstance(answer, signal.Signals) else 130)
    assert (len(api.requests()), _journal(tmp_path), _files(tmp_path)) == (before, journal, files)
    with terminal(f"{IMPORTER} resume {run_id}") as at:
        at.until("[y/N]")
        at.type("y\n")
        assert at.end()[0] == 0
    assert len(api.requests()) == before + ROWS
    assert shown


def test_a_declined_retry_leaves_no_run(
    importer: Importer, stopped: Stopped, source: Path, api: Api, tmp_path: Path
) -> None:
    """As a declined run does; with --json, there is an error object, and the question is not in it."""
    run_id = stopped(source)["run_id"]
    importer("forget", run_id)
    before, journal, files = len(api.requests()), _journal(tmp_path), _files(tmp_path)
    with terminal(f"{IMPORTER} retry {run_id} --json >{tmp_path}/state/said") as at:
        at.until("Send 3 requests? [y/N]")
        at.type("n\n")
        assert at.end()[0] == 130
    assert (len(api.requests()), _journal(tmp_path), _files(tmp_path)) == (before, journal, files)
    said = (tmp_path / "state" / "said").read_text()
    assert '"exit_code": 130, "error": {"code": "declined"' in said
    assert len(said.splitlines()) == 1


def test_a_run_that_nobody_had_agreed_to_is_gone_on_with_only_by_name(
    importer: Importer, source: Path, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is interrupted while its source is checked has reports, and a plain `resume` leaves it alone."""
    monkeypatch.setenv("IMPORTER_CHUNK_ROWS", "1")
    lines = [",".join(person(row)) for row in range(1, 151)]
    source.write_text("\n".join(["Customer ID,First Name,Last Name,Email", *lines]) + "\n")
    with terminal(f"exec {IMPORTER} run {source} {' '.join(api.options)}") as at:
        at.until("reading")
        at.type("\x03")
        code, shown = at.end()
    assert code == 130
    assert "[y/N]" not in shown
    [past] = importer("history", "--json").json
    assert past["state"] == "unfinished"
    error = importer("resume", "--json").json["error"]
    assert (error["code"], past["run_id"] in error["hint"]) == ("nothing_to_resume", True)
    assert api.requests() == []
    assert importer("resume", past["run_id"]).code == 0
    assert len(api.requests()) == 150


def test_a_host_that_nobody_knows_is_not_waited_for_at_a_terminal(
    importer: Importer, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run stops with a clear sentence; where nobody is there, it is looked for."""
    host = f"{'a' * 64}.invalid"  # longer than a part of a name may be: nobody else is asked about it
    target = f"--base-url https://{host} --group-id 11111111-2222-4333-8444-555555555555 --linked-account-id a --yes"
    with terminal(f"{IMPORTER} run {source} {target} --output {tmp_path}/out 2>{tmp_path}/log") as at:
        code, shown = at.end()
    assert code == 4
    told = (tmp_path / "log").read_text()
    assert "host name could not be resolved. That is not waited for where somebody is there to correct" in told
    assert "It took 1 request and " in shown
    monkeypatch.setenv("IMPORTER_MAX_OUTAGE", "0.3")
    process = Forked[str](
        ["importer", "run", str(source), *target.split()],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    out, err = process.communicate(timeout=60)
    assert process.returncode in (1, 4)
    assert "That is not waited for" not in err
    assert "1 request was attempted" not in out
    assert importer("history", "--json").json


def test_the_wait_at_the_question_is_no_part_of_a_duration(importer: Importer, run: str) -> None:
    """What is told is how long it worked."""
    with terminal(run) as at:
        at.until("[y/N]")
        time.sleep(4)
        at.type("y\n")
        assert at.end()[0] == 0
    [past] = importer("history", "--json").json
    total_s = (datetime.fromisoformat(past["finished_at"]) - datetime.fromisoformat(past["started_at"])).total_seconds()
    assert past["seconds"] < total_s - 3
