"""`importer forget`: what an unfinished run keeps goes, and with it the way to resume it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Importer, Stopped, person

Sheet = Callable[..., Path]


@pytest.mark.slow
def test_what_is_forgotten_cannot_be_resumed_but_retried(
    importer: Importer, sheet: Sheet, stopped: Stopped, tmp_path: Path
) -> None:
    """Forgetting erases the copy and the values; from the source itself the rows can still be sent."""
    source = sheet(person(1), person(2))
    run = stopped(source)["run_id"]
    assert (tmp_path / "state" / "runs" / run).exists()
    said = importer("forget", run)
    assert (said.code, "forgotten" in said.out) == (0, True)
    assert not (tmp_path / "state" / "runs" / run).exists()
    assert importer("show", run, "--json").json["state"] == "forgotten"
    refused = importer("resume", run)
    assert refused.code == 5
    assert f"importer retry {run}" in refused.err
    assert importer("resume").code == 0
    assert importer("retry", run, "--json").json["statuses"]["updated"] == 2
    assert "nothing to forget" in importer("forget", run).out


@pytest.mark.slow
def test_what_was_forgotten_is_tried_again_not_resumed(importer: Importer, sheet: Sheet, stopped: Stopped) -> None:
    """`show` names the one command that helps, and going on with a run says that its own copy is read."""
    source = sheet(person(1), person(2))
    run = stopped(source)["run_id"]
    assert f"importer forget {run}" in importer("show", run).out
    importer("forget", run)
    shown = importer("show", run).out
    assert "resume" not in shown
    assert f"importer retry {run}" in shown
    again = stopped(source)["run_id"]
    assert f"Run {again}: going on with its own copy of {source}" in importer("resume").err
