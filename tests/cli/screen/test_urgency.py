"""Lines for systemd's journal: each with how urgent it is there, and without a sign of that anywhere else."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest

from importer.cli.screen.urgency import is_journal
from tests.cli.conftest import Api, person
from tests.forking.process import Forked
from tests.scene import environment, unasked

Journalled = Callable[..., tuple[int, str, Sequence[str]]]
"""Runs a command whose standard error is the journal; returns its exit code, its answer, and the lines there."""


@pytest.fixture
def journalled(tmp_path: Path) -> Journalled:
    """Return a function that runs a command whose standard error is a pipe that is said to be the journal."""

    def run(*arguments: object, stdout_too: bool = False, says: str = "") -> tuple[int, str, Sequence[str]]:
        read, write = os.pipe()
        status = os.fstat(write)
        named = says or f"{status.st_dev}:{status.st_ino}"
        variables = environment(
            IMPORTER_API_KEY="good-key", IMPORTER_STATE_DIR=str(tmp_path / "state"), JOURNAL_STREAM=named
        )
        words = unasked([str(argument) for argument in arguments])
        process = Forked[bytes](
            ["importer", *words], env=variables, stdout=write if stdout_too else subprocess.PIPE, stderr=write
        )
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            out, _ = process.communicate() if not stdout_too else (b"", process.wait())
            return process.returncode, (out or b"").decode(), pipe.read().decode().splitlines()

    return run


def test_news_are_news(journalled: Journalled, sheet: Callable[..., Path], api: Api) -> None:
    """What a run says as it goes has the priority of news; its answer, on standard output, has none."""
    code, out, lines = journalled("run", sheet(person(1)), *api.options)
    assert code == 0
    assert len(lines) >= 3
    assert all(line.startswith("<6>") for line in lines)
    assert "<" not in out


def test_an_error_is_one_in_each_of_its_lines(journalled: Journalled, tmp_path: Path) -> None:
    """The message and what to do: the journal takes each line for an entry of its own."""
    code, _, lines = journalled("run", tmp_path / "none.csv", "--sandbox")
    assert code == 3
    assert len(lines) == 2
    assert lines[0].startswith("<3>Error: ")
    assert lines[1].startswith("<3>  ")


def test_what_needs_attention_is_a_warning(journalled: Journalled, sheet: Callable[..., Path]) -> None:
    """The one line of -q: a warning where the run has finished, and an error where it has not come about."""
    source = sheet(person(1), person(2, "no-address"))
    code, _, lines = journalled("run", source, "--sandbox", "-q")
    assert code == 1
    (line,) = lines
    assert line.startswith("<4>")
    code, _, lines = journalled("run", source, "-q", "--base-url", "http://elsewhere.example")
    assert code == 2
    (line,) = lines
    assert line.startswith("<3>Error: ")


def test_a_warning_is_one(journalled: Journalled, sheet: Callable[..., Path], tmp_path: Path) -> None:
    """By its first word, also where the run goes well and nothing else is said."""
    key = tmp_path / "key"
    key.write_text("good-key\n", "utf-8")
    key.chmod(0o644)
    code, _, lines = journalled("run", sheet(person(1)), "--sandbox", "-q", "--api-key-file", key)
    assert code == 0
    assert [line[:12] for line in lines] == ["<4>Warning: "]


def test_lines_of_the_log_have_their_levels(journalled: Journalled, sheet: Callable[..., Path]) -> None:
    """With -v, an event that makes the run worse is more than news, and so is where an error comes from."""
    source = sheet(*map(person, range(1, 4)))
    _, _, lines = journalled("run", source, "--sandbox", "-v")
    assert any("[debug" in line for line in lines)
    assert all(line.startswith("<6>") for line in lines)
    _, _, lines = journalled("run", source.with_name("none.csv"), "--sandbox", "-v")
    assert len(lines) > 4
    assert all(line.startswith("<3>") for line in lines)


def test_a_log_tells_levels_apart() -> None:
    """Lines of a level that somebody prints in another way go there, and all others as always."""
    from importer.log import open_log  # noqa: PLC0415 - of the floor below

    lines, urgent = list[str](), list[str]()
    log = open_log(echo=lines.append, file=Path("/dev/full"), urgent={"warning": urgent.append})
    log.warning("few_files")
    log.info("begun")
    assert [len(lines), len(urgent)] == [1, 2]


def test_an_answer_stays_as_it_is(journalled: Journalled, sheet: Callable[..., Path]) -> None:
    """Also where it goes into the same stream: it may be read by a program."""
    code, _, lines = journalled("run", sheet(person(1)), "--sandbox", "--json", "-q", stdout_too=True)
    assert code == 0
    assert [line[:1] for line in lines] == ["{"]


@pytest.mark.parametrize("says", ["1:2", "nonsense", "0"])
def test_any_other_stream_has_no_priorities(journalled: Journalled, sheet: Callable[..., Path], says: str) -> None:
    """The variable is inherited by whoever is started from a service, wherever standard error goes by then."""
    code, _, lines = journalled("run", sheet(person(1)), "--sandbox", says=says)
    assert code == 0
    assert lines
    assert not [line for line in lines if re.match(r"<\d>", line)]


def test_what_is_no_file_is_not_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream without a descriptor, and a closed one."""
    monkeypatch.setenv("JOURNAL_STREAM", "1:2")
    assert not is_journal(StringIO())
    closed = StringIO()
    closed.close()
    assert not is_journal(closed)
