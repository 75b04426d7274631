"""A disk that is full, or fails, under the journal and under the reports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.scene import KillScene
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

POINTS = [
    *(("fdatasync", "EIO", number) for number in (1, 2, 4, 8, 12, 18)),
    *(("pwrite64", "ENOSPC", number) for number in (1, 20, 60, 90, 120)),
    *(("pwrite64", "EIO", number) for number in (40, 100)),
    *(("fsync", "EIO", number) for number in (1, 2, 3, 4)),
    *(("rename", error, number) for error in ("ENOSPC", "EIO") for number in (1, 2)),
    *(("ftruncate", "ENOSPC", number) for number in (1, 2)),
    *(("mkdir", "ENOSPC", number) for number in (1, 2, 3)),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes a moment to answer, so that there is something in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", "0.02") as served:
        yield served


@pytest.mark.parametrize(("call", "error", "number"), POINTS)
def test_a_call_that_fails_loses_nothing(call: str, error: str, number: int, api: Api, tmp_path: Path) -> None:
    """From this call on, every one of its kind fails: the run ends with what to do about it, and is gone on with."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    inject = ("-o", os.devnull, f"--trace={call}", f"--inject={call}:error={error}:when={number}+")
    code, said = scene.say(*scene.run, strace=inject)
    assert code == said["exit_code"] == 5
    if "error" in said:
        assert said["error"]["code"] == "journal_unusable"
        assert "room" in said["error"]["hint"]
    else:  # The reports could not be written, but what they would say is known.
        assert said["statuses"]["updated"] == len(scene.rows)
    scene.check_journal()
    scene.killed = 1  # What was in flight is sent again.
    scene.check_report(scene.finish())


def test_a_disk_that_is_full_in_the_middle_loses_nothing(api: Api, tmp_path: Path) -> None:
    """No file may grow beyond a size that the journal reaches while rows are in flight."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    code, said = scene.say(*scene.run, before=("sh", "-c", 'ulimit -f 400; exec "$@"', "limited"))
    assert code == 5
    assert said["error"]["code"] == "journal_unusable"
    assert "importer resume" in said["error"]["hint"]
    applied = scene.api.applied(set(scene.rows))
    assert 0 < len(applied) < len(scene.rows)
    scene.check_journal()
    scene.killed = 1
    scene.check_report(scene.finish())
