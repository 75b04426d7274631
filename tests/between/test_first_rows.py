"""What becomes of rows before anything is confirmed, and of one that a wall keeps out."""

from __future__ import annotations

import pytest

from tests.between.backend import CONFIRMS, RESETS
from tests.between.conftest import Front, Scene
from tests.between.rows import OWN_VOICE, QUICK_DOUBTS, ends

pytestmark = pytest.mark.proof


def test_a_page_in_place_of_every_first_answer_leaves_its_rows_in_doubt(scene: Scene, in_front: Front) -> None:
    """With nothing confirmed, ten such pages stop the run; any of their rows may be applied, and here all are."""
    rows = {f"resets, {number}": (RESETS,) for number in range(24)}
    report = scene(rows).send(in_front("nginx")["maintenance page"])
    assert (report.exit_code, report.summary["stop_reason"]) == (4, "target_refused")


def test_json_in_another_voice_is_in_doubt_by_what_is_heard_a_moment_later(scene: Scene, in_front: Front) -> None:
    """A refusal that comes before the first confirmation of all is judged by that, too."""
    rows = {"resets": (RESETS,), **QUICK_DOUBTS, **OWN_VOICE}
    report = scene(rows).send(in_front("nginx")["own errors in JSON"], "--max-attempts", "2", "--concurrency", "1")
    assert report.others(ends(rows)) == {}


def test_a_row_that_a_wall_keeps_out_holds_up_no_other(scene: Scene, in_front: Front) -> None:
    """A firewall that dislikes one row's values lets all others through: they are sent, and that one goes last."""
    others = {f"ordinary {number}": (CONFIRMS,) for number in range(60)}
    rows = {"ordinary": (CONFIRMS,), "walled": (CONFIRMS,), **others}
    report = scene(rows).send(in_front("nginx")["wall"], "--concurrency", "1", IMPORTER_MAX_RATE_LIMITED="2")
    assert report.others(dict.fromkeys(rows, "updated") | {"walled": "not_sent"}) == {}
