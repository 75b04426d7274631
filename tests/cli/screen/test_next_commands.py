"""Commands that a person is told to type find the journal that this one has used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from importer.cli.screen.next_commands import here, note_state
from tests.cli.conftest import Api, Importer, person

Sheet = Callable[..., Path]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("importer retry k3f9abcd", "importer retry k3f9abcd --state '/my state'"),
        ("importer run '/out/to fix.csv' --sandbox", "importer run --state '/my state' '/out/to fix.csv' --sandbox"),
        ("importer check to-fix.csv", "importer check --state '/my state' to-fix.csv"),
        ("`importer run --help` says how; begin anew, with `importer run`.", ""),
    ],
)
def test_the_state_directory_is_named_where_it_came_as_an_option(said: str, told: str) -> None:
    """In commands about runs and about files of runs, in nothing else."""
    command = click.Command("resume")
    assert here(said) == said
    with click.Context(command) as context:
        note_state(context, click.Option(["--state"]), Path("/my state"))
        assert here(said) == (told or said)


@pytest.mark.slow
def test_commands_to_type_next_name_the_state_directory_that_was_given(
    importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without it they would look for the run in another journal; `-q` does not hide that there is one to resume."""
    source, state = sheet(person(1)), tmp_path / "another place"
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    said = importer("run", source, *api.options, "--state", state)
    run = next(word for word in said.out.split() if len(word) == 8 and word.isalnum() and f"resume {word}" in said.out)
    exact = f"importer resume {run} --state '{state}'"
    assert exact in said.out
    again = importer("run", source, *api.options, "--state", state, "-q")
    assert "0 of 1 rows are confirmed" in again.err
    assert exact in again.err
    assert exact in importer("retry", run, "--state", state).err
    assert exact in importer("show", run, "--state", state).out
    assert f"importer history --state '{state}'" in importer("resume", "nope1234", "--state", state).err
    assert "--state" not in importer("resume", "nope1234").err
