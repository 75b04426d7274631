"""However and whenever the command is killed: what the journal and the reports say is what the API applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.crash.kills import KILLS
from tests.crash.points import CALLS, CERTAIN, HOW_MANY, MOMENT_SEEDS, POINT_SEEDS, Point, Reach, draw, reach_of
from tests.crash.scene import KillScene
from tests.scene import WIRE, Api, serving

pytestmark = pytest.mark.proof

_LATENCY_S: Final = "0.03"
_MOST_DRAWN: Final = 20
_AGAIN: Final = 0.3
"""How likely the process that goes on is killed too."""
_WIRES: Final = ("requests", "curl")
_STARTED: Final = 2
"""In so many of the tests, the command is started as a user starts it; in the others it is forked."""

Note = Callable[[str, object], None]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes a moment to answer, so that there is something in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", _LATENCY_S) as served:
        yield served


@pytest.fixture(scope="module")
def sending_s(api: Api, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Return how long a run takes from its first request to its end."""
    return KillScene(folder=tmp_path_factory.mktemp("measured") / "scene", api=api).sending_s()


@pytest.fixture(scope="module")
def reach(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mapping[str, Reach]]:
    """Return how often a run makes each call of the system, by what it sends over."""

    @cache
    def of(wire: str) -> Mapping[str, Reach]:
        folder = tmp_path_factory.mktemp("traced")
        scene, trace = KillScene(folder=folder / "scene", api=api, variables={WIRE: wire}), folder / "trace"
        code, _ = scene.say(*scene.run, strace=("-o", str(trace), f"--trace={','.join(CALLS)}"))
        assert code == 0
        return reach_of(trace.read_text("utf-8", "replace").splitlines())

    return of


@pytest.mark.parametrize("seed", MOMENT_SEEDS)
def test_a_kill_at_a_random_moment_loses_nothing(
    seed: int, api: Api, sending_s: float, tmp_path: Path, record_property: Note
) -> None:
    """Killed while it sends, and maybe the next process too, the run ends with every row confirmed."""
    random = Random(seed)  # noqa: S311 - a moment, not a secret
    for scene in _scenes(tmp_path, api, _wire(seed), forks=seed not in MOMENT_SEEDS[:_STARTED]):
        if scene.kill_while_sending(random.uniform(0, sending_s), *scene.run):
            break
    scene.check_journal()
    if random.random() < _AGAIN:
        scene.kill_while_sending(random.uniform(0, sending_s), "resume")
        scene.check_journal()
    _finish(scene, record_property)


@pytest.mark.parametrize(
    ("point", "wire"), [(point, _WIRES[number % 2]) for number, point in enumerate(CERTAIN)], ids=str
)
def test_a_kill_at_a_chosen_call_of_the_system_loses_nothing(
    point: Point, wire: str, api: Api, tmp_path: Path, record_property: Note
) -> None:
    """Killed at this very call, to which every run comes, it ends with every row confirmed and accounted for."""
    scene = KillScene(folder=tmp_path / "scene", api=api, variables={WIRE: wire}, forks=point not in CERTAIN[:_STARTED])
    scene.kill_at(point.call, point.number, *scene.run)
    scene.check_journal()
    _finish(scene, record_property)


@pytest.mark.parametrize("seed", POINT_SEEDS)
def test_a_kill_at_any_call_of_the_system_loses_nothing(
    seed: int, api: Api, reach: Callable[[str], Mapping[str, Reach]], tmp_path: Path, record_property: Note
) -> None:
    """Killed at a call that is drawn from those that a run makes, it ends with every row confirmed."""
    random = Random(seed)  # noqa: S311 - a place, not a secret
    for scene in _scenes(tmp_path, api, _wire(seed)):
        point = draw(random, reach(_wire(seed)))
        record_property("point", str(point))
        if scene.kill_at(point.call, point.number, *scene.run):
            break
    scene.check_journal()
    _finish(scene, record_property)


def _wire(seed: int) -> str:
    """Return what is sent over: each in its turn."""
    return _WIRES[seed % 2]


def _scenes(folder: Path, api: Api, wire: str, *, forks: bool = True) -> Iterator[KillScene]:
    """Yield scenes, each of which has one process that may be killed; one that is not is no proof of anything."""
    for number in islice(count(), _MOST_DRAWN):
        yield KillScene(folder=folder / f"scene-{number}", api=api, variables={WIRE: wire}, forks=forks)


def _finish(scene: KillScene, record_property: Note) -> None:
    """Go on until all is done, hold the report to the truth, and count the kills."""
    assert scene.killed, "no process was killed"
    scene.check_report(scene.finish())
    record_property(KILLS, scene.killed)


def test_there_are_as_many_points_as_asked_for() -> None:
    """At least a hundred, or as many as the environment says; each is a kill, or its test fails."""
    assert len(CERTAIN) + len(POINT_SEEDS) + len(MOMENT_SEEDS) == max(HOW_MANY, len(CERTAIN))


def test_a_point_is_drawn_within_what_a_run_reaches() -> None:
    """Of two threads the one that makes more calls decides, and few points come before the journal is there."""
    trace = [
        *["11 openat(AT_FDCWD, ...) = 3"] * 90,
        '11 openat(AT_FDCWD, "state/journal.sqlite", O_RDWR) = 4',
        *["11 openat(AT_FDCWD, ...) = 3", "11 <... openat resumed>) = 3"] * 9,
        *["11 fdatasync(4 <unfinished ...>", "12 sendto(9, ...) = 5", "13 sendto(9, ...) = 5", "13 sendto(9, ...)"] * 4,
    ]
    reach = reach_of(trace)
    assert (reach["openat"], reach["sendto"], reach["rename"]) == (Reach(91, 100), Reach(0, 8), Reach(0, 0))
    drawn = [draw(Random(seed), reach) for seed in range(500)]  # noqa: S311 - places, not secrets
    assert all(1 <= point.number <= reach[point.call].all for point in drawn)
    assert sum(point.call == "openat" and point.number <= 91 for point in drawn) < 50
