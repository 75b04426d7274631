"""A process that may have few files open: fewer requests are in flight, and nothing looks like an outage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.scene import KillScene
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes long enough for many requests to be in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", "0.05") as served:
        yield served


@pytest.mark.parametrize(
    ("limit", "asked", "at_most"),
    [
        pytest.param(30, ("--concurrency", "64"), range(1, 2), id="almost none"),
        pytest.param(40, ("--concurrency", "64"), range(1, 8), id="few"),
        pytest.param(64, ("--concurrency", "auto"), range(6, 25), id="more, and auto"),
        pytest.param(64, ("--concurrency", "2"), None, id="enough for what is asked for"),
        pytest.param(1024, ("--concurrency", "64"), None, id="enough for everything"),
    ],
)
def test_no_more_is_in_flight_than_the_limit_of_open_files_allows(
    limit: int, asked: tuple[str, ...], at_most: range | None, api: Api, tmp_path: Path
) -> None:
    """All rows are confirmed at their first try, and the run and its log say first that it has less than asked."""
    scene = KillScene(folder=tmp_path / "scene", api=api)
    log = tmp_path / "log.jsonl"
    command = (*scene.sending_to(api.base_url), *asked, "--log-file", str(log))
    process = scene.start(*command, before=("sh", "-c", f'ulimit -n {limit}; exec "$@"', "limited"))
    out, err = process.communicate(timeout=60)
    said = json.loads(out)
    assert process.returncode == 0, said
    assert (said["statuses"]["updated"], said["attempts"]) == (len(scene.rows), len(scene.rows))
    told = [line for line in map(json.loads, log.read_text("utf-8").splitlines()) if line["event"] == "few_files"]
    notes = [line for line in err.decode().splitlines() if "ulimit -n" in line]
    assert len(told) == len(notes) == (at_most is not None)
    if at_most is not None:
        number = told[0]["in_flight_at_most"]
        assert number in at_most
        plural = "" if number == 1 else "s"
        assert notes[0].startswith(f"Note: {number} request{plural} in flight at most")
