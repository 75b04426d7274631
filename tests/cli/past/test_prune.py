"""`importer prune`: the rows of old runs go, their lines stay, and nobody's work is removed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Api, Importer, person

Sheet = Callable[..., Path]
NOW = ("--keep-runs-days", "0", "--keep-checks-days", "0")


@pytest.fixture
def ended(importer: Importer, api: Api, sheet: Sheet) -> tuple[str, Path]:
    """Run a sheet, and return the run's id and the folder of its reports."""
    summary = importer("run", sheet(person(1), person(2)), *api.options, "--json").json
    return summary["run_id"], Path(summary["reports"]["annotated"]).parent


def test_what_is_not_old_stays(importer: Importer, ended: tuple[str, Path]) -> None:
    """By default the rows of a run are kept for more than a year."""
    run_id, folder = ended
    said = importer("prune")
    assert (said.code, "nothing to prune" in said.out) == (0, True)
    assert importer("show", run_id, "2").code == 0
    assert folder.is_dir()


def test_what_would_go_is_said_and_stays(importer: Importer, ended: tuple[str, Path]) -> None:
    """A dry run names runs and folders, and lets nothing go."""
    run_id, folder = ended
    said = importer("prune", "--dry-run", "--reports", *NOW)
    assert (said.code, run_id in said.out, "2 rows of 1 run would go" in said.out) == (0, True, True)
    assert f"Would be removed: {folder}" in said.out
    assert importer("show", run_id, "2").code == 0
    assert folder.is_dir()


def test_rows_that_are_gone_are_said_to_be(importer: Importer, ended: tuple[str, Path]) -> None:
    """The run's line stays with its sums; what needs its rows says that they are not kept, and reports stay."""
    run_id, folder = ended
    before = importer("history", "--json").json
    said = importer("prune", *NOW)
    assert (said.code, "2 rows of 1 run are gone" in said.out) == (0, True)
    assert f"still there:\n  {folder}" in said.out
    after = importer("history", "--json").json
    assert after[0].pop("pruned_at") is not None
    assert before[0].pop("pruned_at") is None
    assert after == before
    shown = importer("show", run_id).out
    assert "2 of 2 rows are confirmed" in shown
    assert "not kept any more" in shown
    for command in (("show", run_id, "2"), ("report", run_id), ("retry", run_id), ("resume", run_id)):
        refused = importer(*command)
        assert (refused.code, "are not kept any more" in refused.err) == (2, True), command
    assert folder.is_dir()


def test_rows_to_fix_are_not_said_to_be_done(importer: Importer, api: Api, sheet: Sheet) -> None:
    """Of rows that are not kept nobody knows what became of them since."""
    source = sheet(person(1, "sandbox+400@example.com"), person(2))
    run_id = importer("run", source, *api.options, "--json").json["run_id"]
    importer("forget", run_id)
    importer("prune", *NOW)
    shown = importer("show", run_id).out
    assert "done" not in shown
    assert "rejected" in shown


def test_reports_are_removed_where_that_is_asked_for(importer: Importer, ended: tuple[str, Path]) -> None:
    """Also those of a run whose rows went before; a folder in which nothing else is goes with them."""
    run_id, folder = ended
    importer("prune", *NOW)
    said = importer("prune", "--reports", *NOW)
    assert f"Removed: {folder}" in said.out
    assert not folder.exists()
    assert importer("show", run_id).code == 0


@pytest.mark.parametrize("how", ["in place", "kept before"])
def test_what_somebody_has_changed_is_never_removed(how: str, importer: Importer, ended: tuple[str, Path]) -> None:
    """A sheet that is newer than the summary, and one that was kept when the reports were written again."""
    _, folder = ended
    if how == "in place":
        later = time.time() + 60
        os.utime(folder / "annotated.csv", (later, later))
    else:
        (folder / "annotated-mended-1.csv").write_text("mine\n")
    said = importer("prune", "--reports", *NOW)
    assert f"Left: {folder}, since somebody has changed" in said.out
    assert {"annotated.csv", "summary.json", "report.html"} <= {entry.name for entry in folder.iterdir()}


def test_files_of_others_stay_where_they_are(importer: Importer, ended: tuple[str, Path]) -> None:
    """Reports beside them go, and what stays is named."""
    _, folder = ended
    (folder / "notes.txt").write_text("mine\n")
    said = importer("prune", "--reports", *NOW)
    assert f"Reports removed: {folder}; what else is there stays (notes.txt)" in said.out
    assert [entry.name for entry in folder.iterdir()] == ["notes.txt"]


def test_a_folder_that_another_run_has_since_is_not_touched(
    importer: Importer, api: Api, sheet: Sheet, ended: tuple[str, Path]
) -> None:
    """It holds the reports of that run, whose rows are kept."""
    _, folder = ended
    importer("prune", *NOW)
    for entry in folder.iterdir():
        entry.unlink()
    other = importer("run", sheet(person(1), person(3)), *api.options, "--output", folder, "--json").json["run_id"]
    importer("prune", "--reports")
    assert (folder / "summary.json").exists()
    assert importer("report", other).code == 0


def test_runs_prune_by_themselves(
    importer: Importer, api: Api, sheet: Sheet, ended: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two looks let the rows of an older run go, and what is last confirmed is still relied on."""
    run_id, _ = ended
    monkeypatch.setenv("IMPORTER_KEEP_RUNS_DAYS", "0")
    source = sheet(person(1), person(2))
    for expected in (False, True):
        summary = importer("run", source, *api.options, "--skip-unchanged", "--json").json
        assert summary["statuses"]["unchanged"] == 2
        found = {run["run_id"]: run["pruned_at"] for run in importer("history", "--json").json}
        assert (found[run_id] is not None) == expected
