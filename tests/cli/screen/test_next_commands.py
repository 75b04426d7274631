"""Commands that a person is told to type find the journal that this one has used."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from importer.cli.screen.next_commands import here, note_state


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
