"""A state directory that is damaged, is none, or belongs to somebody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.scene import KillScene
from tests.scene import Api, serving

pytestmark = pytest.mark.proof

JOURNAL = "journal.sqlite"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API in a process of its own."""
    with serving(tmp_path_factory.mktemp("api")) as served:
        yield served


@pytest.fixture
def scene(api: Api, tmp_path: Path) -> KillScene:
    """Return a scene whose sheet was sent once, to a folder of its own."""
    found = KillScene(folder=tmp_path / "scene", api=api)
    code, _ = found.say(*found.run)
    assert code == 0
    (found.output / "summary.json").rename(tmp_path / "first.json")
    for report in found.output.iterdir():
        report.unlink()
    return found


def _no_database(path: Path) -> None:
    path.write_bytes(b"customer_id,first_name\n" * 999)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9_000])


def _overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def _somebody_elses(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE songs (title); PRAGMA application_id = 4711; PRAGMA user_version = 3")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_no_database, _cut, _overwritten, _somebody_elses, _newer, _folder])
def test_a_journal_that_cannot_be_used_is_left_as_it_is(damage: Callable[[Path], None], scene: KillScene) -> None:
    """Every command that needs it says what to do, and ends with 5; nothing is sent, and the file is not touched."""
    path = scene.folder / "state" / JOURNAL
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    sent = len(scene.api.log.read_bytes())
    for arguments in (scene.run, ("resume",), ("history",), ("show",), ("retry", "abcd1234")):
        code, said = scene.say(*arguments)
        assert (code, said["exit_code"]) == (5, 5), arguments
        assert said["error"]["code"].startswith("journal_")
        assert str(path) in said["error"]["message"]
        assert said["error"]["hint"]
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert len(scene.api.log.read_bytes()) == sent


@pytest.mark.parametrize("kind", ["a file", "a dangling link"])
def test_a_state_directory_that_is_none_is_refused(kind: str, scene: KillScene) -> None:
    """Nothing is sent where the journal cannot be kept; another directory helps, as the hint says."""
    place = scene.folder / "elsewhere"
    if kind == "a file":
        place.write_text("mine")
    else:
        place.symlink_to(scene.folder / "nowhere" / "deep")
    scene.variables["IMPORTER_STATE_DIR"] = str(place)
    sent = len(scene.api.log.read_bytes())
    code, said = scene.say(*scene.run)
    assert (code, said["error"]["code"]) == (5, "journal_unusable")
    assert "--state" in said["error"]["hint"]
    assert len(scene.api.log.read_bytes()) == sent
    assert scene.say(*scene.run, "--state", str(scene.folder / "third"))[0] == 0
