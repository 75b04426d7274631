"""A log file that is turned over while something is logged: by renaming, by removing, by emptying, and by logrotate."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.log import Log, open_log
from tests.cli.conftest import GROUP, person
from tests.forking.process import Forked
from tests.scene import environment, serving

ROWS = 120


def _numbers(path: Path) -> list[int]:
    """Return the numbers of the rows that a log file tells of, in its order."""
    lines = (json.loads(line) for line in path.read_bytes().splitlines())
    return [line["row"] for line in lines if "row" in line]


def _tell(log: Log, *rows: int) -> None:
    for row in rows:
        log.info("row", row=row)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the log file is."""
    return tmp_path / "log.jsonl"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_that_is_renamed_is_followed_by_a_new_one(path: Path, mode: int) -> None:
    """What was told before stays in the old one, what is told next is in one with the same mode."""
    path.touch()
    path.chmod(mode)
    log = open_log(echo=None, file=path)
    _tell(log, 1, 2)
    path.rename(path.with_suffix(".1"))
    _tell(log, 3, 4)
    assert (_numbers(path.with_suffix(".1")), _numbers(path)) == ([1, 2], [3, 4])
    assert _mode(path) == mode


def test_a_file_that_somebody_makes_in_its_place_is_used(path: Path) -> None:
    """It has the mode that was meant for it, and what is in it stays."""
    log = open_log(echo=None, file=path)
    _tell(log, 1)
    path.rename(path.with_suffix(".1"))
    path.write_text('{"row": 0}\n', "utf-8")
    path.chmod(0o640)
    _tell(log, 2)
    assert (_numbers(path.with_suffix(".1")), _numbers(path), _mode(path)) == ([1], [0, 2], 0o640)


def test_a_file_that_is_removed_is_made_anew(path: Path) -> None:
    """As often as that happens."""
    log = open_log(echo=None, file=path)
    for row in range(3):
        _tell(log, row)
        assert _numbers(path) == [row]
        path.unlink()


def test_a_file_that_is_emptied_goes_on_from_its_beginning(path: Path) -> None:
    """Nothing is between its beginning and the next line."""
    log = open_log(echo=None, file=path)
    _tell(log, 1, 2)
    shutil.copy(path, path.with_suffix(".1"))
    os.truncate(path, 0)
    _tell(log, 3)
    assert (_numbers(path.with_suffix(".1")), _numbers(path)) == ([1, 2], [3])


def test_several_logs_of_one_file_go_on_in_one(path: Path) -> None:
    """Runs that share a file share the new one, too."""
    one, other = open_log(echo=None, file=path), open_log(echo=None, file=path)
    _tell(one, 1)
    _tell(other, 2)
    path.rename(path.with_suffix(".1"))
    _tell(other, 3)
    _tell(one, 4)
    assert (_numbers(path.with_suffix(".1")), _numbers(path)) == ([1, 2], [3, 4])


def test_where_no_new_file_can_be_had_lines_go_on_into_the_old_one(path: Path) -> None:
    """That is told once; and as soon as there can be one again, they go there."""
    lines: list[str] = []
    log = open_log(echo=lines.append, file=path)
    _tell(log, 1)
    old = path.with_suffix(".1")
    path.rename(old)
    path.mkdir()
    _tell(log, 2, 3)
    assert _numbers(old) == [1, 2, 3]
    assert [line for line in lines if "moved away" in line] == [
        f"The log file {path} was moved away, and cannot be opened anew: Is a directory."
    ]
    path.rmdir()
    _tell(log, 4)
    assert (_numbers(old), _numbers(path)) == ([1, 2, 3], [4])


def test_a_pipe_in_its_place_holds_nothing_up(path: Path) -> None:
    """Nobody reads it, and nobody waits for that."""
    log = open_log(echo=None, file=path)
    old = path.with_suffix(".1")
    path.rename(old)
    os.mkfifo(path)
    _tell(log, 1)
    assert _numbers(old) == [1]


def test_a_path_is_meant_from_the_folder_of_the_beginning(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that goes elsewhere makes no log file there."""
    monkeypatch.chdir(tmp_path)
    log = open_log(echo=None, file=Path(path.name))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    _tell(log, 1)
    path.rename(path.with_suffix(".1"))
    _tell(log, 2)
    assert (_numbers(path), list((tmp_path / "elsewhere").iterdir())) == ([2], [])


@pytest.fixture
def rotated(path: Path) -> Callable[..., None]:
    """Return a function that has the real logrotate turn the file over now."""
    if shutil.which("logrotate") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("logrotate is missing; CI must have it")
        pytest.skip("logrotate is not installed")

    def rotate(*options: str) -> None:
        config = path.with_name("logrotate.conf")
        config.write_text(f"{path} {{\n" + "".join(f"    {line}\n" for line in ("rotate 9", *options)) + "}\n", "utf-8")
        config.chmod(0o600)
        command = ["logrotate", "--force", "--state", path.with_name("logrotate.state"), config]
        found = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr

    return rotate


@pytest.mark.parametrize("options", [("create 0640",), ("nocreate",), ("create 0600", "nodelaycompress", "compress")])
@pytest.mark.slow
def test_logrotate_may_come_in_the_middle_of_a_run(
    rotated: Callable[..., None], path: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Every row of the run is told of once, in the old file or in the new one."""
    path.touch(mode=0o640)
    source = tmp_path / "changes.csv"
    rows = [person(number) for number in range(1, ROWS + 1)]
    source.write_text(
        "Customer ID,First Name,Last Name,Email\n" + "".join(f"{','.join(row)}\n" for row in rows), "utf-8"
    )
    with serving(tmp_path, "--latency", "0.02") as api:
        command = ["importer", "run", str(source), "--base-url", api.base_url, "--group-id", GROUP, "--yes", "-q"]
        variables = environment(IMPORTER_API_KEY="key", IMPORTER_STATE_DIR=str(tmp_path / "state"))
        process = Forked[str](
            [*command, "--linked-account-id", "a", "--concurrency", "2", "--log-file", str(path)],
            env=variables,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(_numbers(path)) < ROWS // 10 and process.poll() is None:
            pass
        rotated(*options)
        _, told = process.communicate()
    assert (process.returncode, told) == (0, "")
    old = path.with_name(f"{path.name}.1")
    if "compress" in options:
        subprocess.run(["gunzip", f"{old}.gz"], check=True)  # noqa: S607 - Debian's
    before, after = _numbers(old), _numbers(path)
    assert before
    assert after
    assert sorted(before + after) == list(range(2, ROWS + 2))
    assert _mode(path) == (0o600 if "create 0600" in options else 0o640)


def test_logrotate_may_copy_and_empty_the_file(rotated: Callable[..., None], path: Path) -> None:
    """`copytruncate` keeps all that was told before, and the rest follows from the beginning on."""
    log = open_log(echo=None, file=path)
    _tell(log, 1, 2)
    rotated("copytruncate")
    _tell(log, 3)
    assert (_numbers(path.with_name(f"{path.name}.1")), _numbers(path)) == ([1, 2], [3])
