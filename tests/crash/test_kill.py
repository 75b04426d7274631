"""However and whenever the command is killed: what the journal and the reports say is what the API applied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.crash.points import MOMENTS, POINTS, Moment, Point
from tests.crash.scene import Api, Scene, serving
from tests.crash.strace import strace_command

pytestmark = pytest.mark.proof

_LATENCY_S: Final = "0.03"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes a moment to answer, so that there is something in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", _LATENCY_S) as served:
        yield served


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_kill_at_a_random_moment_loses_nothing(moment: Moment, api: Api, tmp_path: Path) -> None:
    """Killed at a random moment, and the next process too, the run ends with every row confirmed and accounted for."""
    random = Random(moment.seed)  # noqa: S311 - a moment, not a secret
    scene = Scene(tmp_path / "scene", api)
    scene.kill_after(random.uniform(0.6, 1.8), *scene.run)
    scene.check_journal()
    if random.random() < moment.again:
        scene.kill_after(random.uniform(0.6, 1.4), "resume")
        scene.check_journal()
    scene.check_report(scene.finish())


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_kill_at_a_call_of_the_system_loses_nothing(point: Point, api: Api, tmp_path: Path) -> None:
    """Killed at this very call, the run ends with every row confirmed and accounted for."""
    scene = Scene(tmp_path / "scene", api)
    assert scene.kill_at(strace_command(), point.call, point.number, *scene.run) or not point.certain
    scene.check_journal()
    scene.check_report(scene.finish())
