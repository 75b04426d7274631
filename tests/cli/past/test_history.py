"""`importer history`: past runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, Stopped, person

Sheet = Callable[..., Path]


@pytest.mark.slow
def test_history_lists_runs_the_newest_first(importer: Importer, api: Api, sheet: Sheet, stopped: Stopped) -> None:
    """As a table and as JSON: what each was, how far it came, and what became of its rows."""
    assert "no runs yet" in importer("history").out
    assert importer("history", "--json").json == []
    source = sheet(person(1), person(2))
    unfinished = stopped(source)["run_id"]
    done = importer("run", source, *api.options, "--json").json["run_id"]
    found = importer("history", "--json").json
    assert [(run["run_id"], run["state"], run["exit_code"]) for run in found] == [
        (done, "ended", 0),
        (unfinished, "unfinished", 4),
    ]
    lines = importer("history", "-n", "1").out.splitlines()
    assert lines[0].split()[:3] == ["run", "started", "what"]
    assert lines[1].startswith(done)
    assert "1 more" in lines[-1]


def test_a_retry_is_called_one(importer: Importer, api: Api, sheet: Sheet) -> None:
    """With the run that it tries again."""
    source = sheet(person(1, "sandbox+500@example.com"))
    run_id = importer("run", source, *api.options, "--max-attempts", "1", "--json").json["run_id"]
    importer("retry", run_id, "--max-attempts", "1")
    rows = importer("history").out.splitlines()
    assert f"  retry of {run_id}  " in rows[1]
    assert "  run  " in rows[2]
