"""Putting a backup back, and moving to another machine, as docs/operating.md says, word for word."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import Api, Importer, Stopped, customer
from tests.help_texts import PAGE
from tests.scene import environment

REPOSITORY: Final = Path(__file__).parents[3]
PERSONS: Final = (1, 2, 3)


def _block(heading: str, number: int = 0) -> str:
    """Return what a person is to type, by the heading above it."""
    section = re.split(r"^#+ ", PAGE.read_text("utf-8").split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return blocks[number]


@dataclass
class Machine:
    """A machine with a folder of its own, on which things are typed.

    Attributes:
        state: The state directory.
    """

    state: Path
    backup: Path
    folder: Path

    def types(self, lines: str) -> str:
        """Type lines into a shell that stops at the first that fails, and return what they printed."""
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        command = programs / "importer"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m importer "$@"\n', "utf-8")
        command.chmod(0o700)
        variables = environment(
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=str(REPOSITORY),
            STATE=str(self.state),
            BACKUP=str(self.backup),
            IMPORTER_STATE_DIR=str(self.state),
        )
        done = subprocess.run(
            ["/bin/sh", "-eu"], input=lines, env=variables, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return the machine on which the runs of a test are."""
    disk = tmp_path / "disk"
    disk.mkdir()
    return Machine(tmp_path / "state", disk / "journal-backup.sqlite", tmp_path)


@pytest.fixture
def other(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Machine]:
    """Return a function that goes over to another machine, where the state directory is elsewhere."""

    def go() -> Machine:
        folder = tmp_path / "other"
        folder.mkdir()
        there = Machine(folder / "var" / "state", machine.backup, folder)
        monkeypatch.setenv("IMPORTER_STATE_DIR", str(there.state))
        return there

    return go


@pytest.fixture
def night(importer: Importer, api: Api, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that runs a sheet with values of such a night, and returns its summary and who was sent."""

    def run(mark: str, *options: str, folder: str = "sheets") -> dict[str, Any]:
        source = _sheet(tmp_path / folder / f"{mark}.csv", mark)
        before = len(api.requests())
        said = importer("run", source, *api.options, "--skip-unchanged", *options, "--json")
        assert said.code == 0, said.err
        return {**said.json, "sent": [line["customer_id"] for line in api.requests()[before:]]}

    return run


def _sheet(path: Path, mark: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = [f"{customer(number)},{mark},Torres,p{number}@example.com\n" for number in PERSONS]
    path.write_text("".join(["Customer ID,First Name,Last Name,Email\n", *rows]), "utf-8")
    return path


EVERYBODY: Final = [customer(number) for number in PERSONS]
BACK_UP: Final = _block("Backups")
PUT_BACK: Final = _block("Putting a backup back")
PUT_BACK_WHERE_NOTHING_IS: Final = PUT_BACK.split("\n", 1)[1]
PACK: Final = _block("Moving to another machine")
UNPACK: Final = _block("Moving to another machine", 1)


def _expect_nothing_relied_on(importer: Importer, night: Callable[..., dict[str, Any]]) -> None:
    """What was sent after the backup is not undone by being taken for what holds."""
    [confirmed] = importer("find", customer(1), "--json").json["last_confirmed"]
    assert (confirmed["relied_on"], confirmed["why_not"]) == (False, "older_journal")
    assert night("old")["sent"] == EVERYBODY
    assert night("old")["sent"] == []


@pytest.mark.slow
def test_a_backup_is_put_back_in_the_place_of_a_state_directory(
    machine: Machine, importer: Importer, night: Callable[..., dict[str, Any]]
) -> None:
    """What was confirmed before is not relied on: other values were sent since, of which it knows nothing."""
    first = night("old")
    assert night("old")["sent"] == []
    machine.types(BACK_UP)
    later = night("new")
    assert first["run_id"] in machine.types(PUT_BACK)
    listed = {run["run_id"] for run in importer("history", "--json").json}
    assert first["run_id"] in listed
    assert later["run_id"] not in listed
    assert oct(machine.state.stat().st_mode)[-3:] == "700"
    assert {oct(path.stat().st_mode)[-3:] for path in machine.state.iterdir() if path.is_file()} == {"600"}
    _expect_nothing_relied_on(importer, night)
    found = importer("find", customer(1), "--json").json
    assert (len(found["journal_lost_at"]), found["older_journal"]) == (1, False)
    assert "The journal was put back from a backup" in importer("find", customer(1)).out


@pytest.mark.slow
@pytest.mark.parametrize("reports", ["along", "not along"])
def test_a_backup_is_put_back_on_another_machine(
    reports: str, machine: Machine, other: Callable[[], Machine], importer: Importer, tmp_path: Path,
    night: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """Whether or not anything there tells of the runs since: the backup itself knows that it is one."""
    night("old")
    machine.types(BACK_UP)
    night("new")
    if reports == "not along":
        shutil.rmtree(tmp_path / "sheets")
    other().types(PUT_BACK_WHERE_NOTHING_IS)
    _expect_nothing_relied_on(importer, night)


@pytest.mark.slow
def test_a_backup_that_nothing_came_after_is_taken_for_older_all_the_same(
    machine: Machine, importer: Importer, night: Callable[..., dict[str, Any]]
) -> None:
    """Nobody could tell that nothing came after it."""
    night("old")
    machine.types(BACK_UP + PUT_BACK)
    _expect_nothing_relied_on(importer, night)


@pytest.mark.slow
def test_a_backup_without_its_key_knows_no_customer(
    machine: Machine, importer: Importer, night: Callable[..., dict[str, Any]]
) -> None:
    """Another key is made, and everybody is sent."""
    night("old")
    machine.types(BACK_UP.replace('"$BACKUP"', '"$BACKUP" --without-key'))
    assert not machine.backup.with_name(f"{machine.backup.name}.key").exists()
    without = [line.replace(' "$STATE/digests.key"', "") for line in PUT_BACK.splitlines() if "$BACKUP.key" not in line]
    machine.types("\n".join(without))
    said = night("new")
    assert (said["sent"], said["changes"]) == (EVERYBODY, None)
    assert importer("history").code == 0


@pytest.mark.slow
def test_an_unfinished_run_of_a_backup_is_forgotten(
    machine: Machine, importer: Importer, stopped: Stopped, tmp_path: Path
) -> None:
    """Its folder, if it had claimed one, is given up with it."""
    summary = stopped(_sheet(tmp_path / "sheets" / "old.csv", "old"))
    run, folder = summary["run_id"], Path(summary["reports"]["summary"]).parent
    machine.types(BACK_UP)
    (folder / ".run").write_text(run, "utf-8")  # as a process that was killed leaves it
    machine.types(PUT_BACK)
    assert importer("show", run, "--json").json["state"] == "forgotten"
    assert importer("resume", run, "--older-journal", "--json").json["error"]["code"] == "run_not_kept"
    assert importer("forget", run).code == 0
    assert not (folder / ".run").exists()


@pytest.mark.slow
def test_an_unfinished_run_is_gone_on_with_where_what_it_keeps_is_still_there(
    machine: Machine, importer: Importer, stopped: Stopped, tmp_path: Path, api: Api
) -> None:
    """Only if somebody says that nothing was sent since."""
    run = stopped(_sheet(tmp_path / "sheets" / "old.csv", "old"))["run_id"]
    machine.types(BACK_UP)
    *lines, last = PUT_BACK.splitlines()
    take_along = re.search(r"`(cp -a [^`]+)`", PAGE.read_text("utf-8"))
    assert take_along is not None
    machine.types("\n".join([*lines, take_along[1], last]))
    sent = len(api.requests())
    said = importer("resume", run, "--json")
    assert (said.code, said.json["error"]["code"], len(api.requests())) == (4, "older_journal", sent)
    assert importer("resume", run, "--older-journal").code == 0


def _stays(_: Path) -> None:
    """Leave all where it is."""


@pytest.mark.slow
@pytest.mark.parametrize("take_away", [_stays, shutil.rmtree], ids=["reports along", "reports not along"])
def test_a_state_directory_is_moved_to_another_machine(
    take_away: Callable[[Path], None], machine: Machine, other: Callable[[], Machine], importer: Importer,
    night: Callable[..., dict[str, Any]], stopped: Stopped, tmp_path: Path,
) -> None:  # fmt: skip
    """All goes on as it was: what was confirmed is relied on, and an unfinished run is resumed, with its reports."""
    first = night("old")["run_id"]
    unfinished = stopped(_sheet(tmp_path / "unfinished" / "new.csv", "new"))
    machine.types(PACK)
    archive = machine.folder / "importer-state.tar.gz"
    assert oct(archive.stat().st_mode)[-3:] == "600"
    take_away(tmp_path / "unfinished")
    take_away(tmp_path / "sheets")
    there = other()
    shutil.copy(archive, there.folder)
    assert unfinished["run_id"] in there.types(UNPACK)
    assert not (there.state / "locks").exists() or not list((there.state / "locks").glob("*.lock"))
    assert oct(there.state.stat().st_mode)[-3:] == "700"
    said = importer("resume", "--json")
    assert (said.code, said.json["run_id"], said.json["statuses"]["updated"]) == (0, unfinished["run_id"], 3)
    assert Path(said.json["reports"]["page"]).is_file()
    assert night("new")["sent"] == []
    assert importer("find", customer(1), "--json").json["journal_lost_at"] == []
    source, again = _sheet(tmp_path / "moved" / "old.csv", "old"), tmp_path / "again"
    assert importer("report", first, "--source", source, "--output", again).code == 0
    assert (again / "report.html").is_file()


def _copied(state: Path, to: Path) -> None:
    """Make a copy of a state directory in another way than the importer's own."""
    shutil.copytree(state, to, dirs_exist_ok=True)


@pytest.mark.slow
def test_a_copy_is_known_as_older_by_any_list_of_runs_that_it_knows(
    machine: Machine, other: Callable[[], Machine], night: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Also where the next sheet lies elsewhere, and nothing is beside the state directory."""
    night("old")
    _copied(machine.state, tmp_path / "copy")
    night("new")
    _copied(tmp_path / "copy", other().state)
    assert night("old", folder="elsewhere")["sent"] == EVERYBODY


@pytest.mark.slow
def test_a_copy_of_which_nothing_tells_is_not_known_as_older(
    machine: Machine, other: Callable[[], Machine], night: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """As docs/operating.md says: then somebody must say that nothing is to be skipped."""
    night("old")
    _copied(machine.state, tmp_path / "copy")
    night("new")
    shutil.rmtree(tmp_path / "sheets")
    _copied(tmp_path / "copy", other().state)
    assert night("old")["sent"] == []
    assert night("old", "--no-skip-unchanged")["sent"] == EVERYBODY
