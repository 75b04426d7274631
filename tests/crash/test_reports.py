"""A run that was killed and gone on with has the reports of one that was never killed, but for times and repeats."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.crash.scene import ROWS, KillScene
from tests.scene import Api, serving

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("either_wire")]

Row = dict[str, Any]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Yield an embedded API that takes a moment to answer, so that there is something in flight."""
    with serving(tmp_path_factory.mktemp("api"), "--latency", "0.05") as served:
        yield served


@pytest.fixture
def calm(api: Api, tmp_path: Path) -> KillScene:
    """Return a scene whose run was never killed."""
    scene = KillScene(folder=tmp_path / "calm", api=api)
    assert scene.say(*scene.run)[0] == 0
    return scene


def _annotated(scene: KillScene) -> list[dict[str, str]]:
    with (scene.output / "annotated.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _island(scene: KillScene, name: str) -> Any:  # noqa: ANN401 - JSON is anything
    page = (scene.output / "report.html").read_text("utf-8")
    (found,) = re.findall(rf'<script type="application/json" id="data-{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


def _page_rows(scene: KillScene) -> list[Row]:
    rows = _island(scene, "rows")
    shared = len(("status", "code", "message", "changed", "warnings"))
    return [
        dict(zip(rows["columns"], [*row[:-shared], *(part["texts"][at] for at in row[-shared:])], strict=True))
        for part in rows["parts"]
        for row in part["rows"]
    ]


def _timeless(row: Mapping[str, Any]) -> Row:
    """Return a row without what a repeated request and another time change."""
    return {name: value for name, value in row.items() if name not in _OF_TIME}


_OF_TIME = {"updated_at", "updated", "sent", "latency", "attempts", "message"}


def test_reports_after_a_kill_are_those_of_a_calm_run(calm: KillScene, api: Api, tmp_path: Path) -> None:
    """The same file, sent by two runs: every cell and every figure is the same, apart from times and repeats."""
    killed = KillScene(folder=tmp_path / "killed", api=api, rows=dict(calm.rows))
    shutil.copyfile(calm.source, killed.source)
    assert killed.kill_while_sending(0.12, *killed.run)
    killed.finish()
    of_calm, of_killed = _annotated(calm), _annotated(killed)
    assert len(of_calm) == ROWS
    assert [_timeless(row) for row in of_killed] == [_timeless(row) for row in of_calm]
    repeated = [row for row in of_killed if row["attempts"] != "1"]
    assert 0 < len(repeated) <= 8
    assert [row["message"] for row in repeated if "sent again" not in row["message"]] == []
    for row, calm_row in zip(of_killed, of_calm, strict=True):
        assert row in repeated or row["message"] == calm_row["message"]
    assert [_timeless(row) for row in _page_rows(killed)] == [_timeless(row) for row in _page_rows(calm)]
    for figure in ("statuses", "calm", "causes"):
        assert _island(killed, "review")[figure] == _island(calm, "review")[figure]
    summaries = [json.loads((scene.output / "summary.json").read_text()) for scene in (calm, killed)]
    for figure in ("statuses", "causes", "changes", "exit_code", "stop_reason", "mode", "target", "balanced"):
        assert summaries[0][figure] == summaries[1][figure]
    assert sum(int(row["attempts"]) for row in of_killed) == summaries[1]["attempts"] == ROWS + len(repeated)


def test_reports_written_again_are_the_same_byte_for_byte(calm: KillScene, api: Api, tmp_path: Path) -> None:
    """Nothing in them comes from the memory of a process: a new one writes them anew from journal and source."""
    killed = KillScene(folder=tmp_path / "killed", api=api)
    assert killed.kill_while_sending(0.12, *killed.run)
    killed.finish()
    for scene in (calm, killed):
        before = {file.name: file.read_bytes() for file in scene.output.iterdir() if file.name != ".run"}
        run_id = json.loads(before["summary.json"])["run_id"]
        for file in scene.output.iterdir():
            file.unlink()
        code, _ = scene.say("report", run_id)
        assert code == 0
        assert {file.name: file.read_bytes() for file in scene.output.iterdir()} == before
