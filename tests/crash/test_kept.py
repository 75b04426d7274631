"""A retry without its source, killed at calls of the system: each row is sent as it was, and then none is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.crash.points import Point
from tests.crash.scene import CEILING, ROWS, KillScene
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

_POINTS: Final = tuple(
    Point(call, number)
    for call, number in (
        ("fdatasync", 2),
        ("fdatasync", 9),
        ("fdatasync", 14),
        ("pwrite64", 20),
        ("pwrite64", 41),
        ("unlink", 1),
        ("unlink", 3),
        ("sendto", 2),
    )
)
"""Before its rows are taken over, while they are, and while some are confirmed and erased in the first run's folder."""
_MOST_PROCESSES: Final = 8


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes a moment to answer, so that there is something in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", "0.03") as served:
        yield served


@pytest.mark.parametrize("point", _POINTS, ids=str)
def test_a_killed_retry_sends_what_was_kept_and_keeps_it_until_then(point: Point, api: Api, tmp_path: Path) -> None:
    """The first run held all rows back, and its file is gone; wherever the retry dies, it is gone on with."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    with scene.source.open("a", encoding="utf-8") as file:
        file.write("no id,No,Body,nobody@example.com\n")
    code, said = scene.say(*scene.run, "--strict")
    assert (code, said["statuses"]["not_sent"]) == (4, ROWS)
    scene.source.unlink()
    retry = ("retry", said["run_id"], "--output", str(tmp_path / "retried"), "--concurrency", str(CEILING))
    assert scene.kill_at(point.call, point.number, *retry)
    _check_kept(scene)
    for number in range(_MOST_PROCESSES):
        code, said_now = scene.say("resume")
        if said_now.get("error", {}).get("code") == "nothing_to_resume":
            code, said_now = scene.say("retry", said["run_id"], "--output", str(tmp_path / f"again-{number}"))
        if said_now.get("error", {}).get("code") == "nothing_to_retry":
            break
    applied = scene.api.applied(set(scene.rows))
    assert applied.keys() == scene.rows.keys()
    for customer, requests in applied.items():
        sent = {(line["first_name"], line["last_name"], line["email"]) for line in requests}
        assert sent == {scene.rows[customer]}
    assert sum(len(requests) - 1 for requests in applied.values()) <= CEILING * scene.killed
    scene._check_leftovers()  # noqa: SLF001 - the same scene


def _check_kept(scene: KillScene) -> None:
    """Whatever is not confirmed yet is kept by one of the runs, or can be gone on with."""
    with closing(sqlite3.connect(scene.folder / "state" / "journal.sqlite")) as journal:
        confirmed = {row for (row,) in journal.execute("SELECT row FROM rows WHERE status = 'updated'")}
        (run_id,) = journal.execute("SELECT run_id FROM runs WHERE number = 1").fetchone()
    file = scene.folder / "state" / "runs" / run_id / "kept.sqlite"
    kept: set[int] = set()
    if file.exists():
        with closing(sqlite3.connect(file)) as connection:
            kept = {row for (row,) in connection.execute("SELECT row FROM updates")}
    assert kept | confirmed == set(range(2, 2 + ROWS))
