"""Commands that a person is told to type find the journal that this one has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import pytest

from importer.called_as import as_called, note_call, program
from importer.cli.screen.next_commands import here, note_state
from importer.config.places import usual_state_folder
from tests.cli.conftest import Api, Importer, person

Sheet = Callable[..., Path]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("importer retry k3f9abcd", "importer retry k3f9abcd --state '/my state'"),
        ("importer run '/out/to fix.csv' --sandbox", "importer run --state '/my state' '/out/to fix.csv' --sandbox"),
        ("importer check to-fix.csv", "importer check --state '/my state' to-fix.csv"),
        ("`importer run --help` says how; begin anew, with `importer run`.", ""),
        (
            "importer check 'my importer resume k3f9.csv'",
            "importer check --state '/my state' 'my importer resume k3f9.csv'",
        ),
        (
            "importer forget k3f9abcd && importer retry k3f9abcd",
            "importer forget k3f9abcd --state '/my state' && importer retry k3f9abcd --state '/my state'",
        ),
    ],
)
def test_the_state_directory_is_named_where_it_came_as_an_option(said: str, told: str) -> None:
    """In commands about runs and about files of runs, in nothing else."""
    command = click.Command("resume")
    assert here(said) == said
    with click.Context(command) as context:
        note_state(context, click.Option(["--state"]), Path("/my state"))
        assert here(said) == (told or said)


def test_the_state_directory_is_not_named_where_it_is_used_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a variable says so, or nobody does."""
    with click.Context(click.Command("resume")) as context:
        note_state(context, click.Option(["--state"]), Path("/my state"))
        monkeypatch.setenv("IMPORTER_STATE_DIR", "/my state")
        assert here("importer retry k3f9abcd") == "importer retry k3f9abcd"
        monkeypatch.delenv("IMPORTER_STATE_DIR")
        note_state(context, click.Option(["--state"]), usual_state_folder())
        assert here("importer retry k3f9abcd") == "importer retry k3f9abcd"


@pytest.fixture
def called() -> Iterator[Callable[..., None]]:
    """Return a function that lets this process be called in some way."""
    yield note_call
    note_call(["importer"], ["importer"])


@pytest.mark.parametrize(
    ("arguments", "process", "told", "anywhere"),
    [
        (["importer", "x"], ["/usr/bin/python3", "/usr/bin/importer", "x"], "importer", "importer"),
        ([".venv/bin/importer"], ["python3", ".venv/bin/importer"], ".venv/bin/importer", "/cwd/.venv/bin/importer"),
        (["/my venv/importer"], ["python3", "/my venv/importer"], "'/my venv/importer'", "'/my venv/importer'"),
        (["/lib/importer/__main__.py", "show", "-m"], ["python", "-X", "dev", "-m", "importer", "show", "-m"],
         "python -X dev -m importer", "python -X dev -m importer"),
        (["/lib/importer/__main__.py"], ["bin/python", "-m", "importer"], "bin/python -m importer",
         "/cwd/bin/python -m importer"),
    ],
)  # fmt: skip
def test_commands_call_the_program_as_it_was_called(
    arguments: Sequence[str],
    process: Sequence[str],
    told: str,
    anywhere: str,
    called: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """So that they work as they stand; in a report, which is read elsewhere, from anywhere."""
    monkeypatch.chdir(tmp_path)
    called(arguments, process)
    assert here("Then `importer show k3f9`: importer run a.csv") == f"Then `{told} show k3f9`: {told} run a.csv"
    assert here("The importer itself failed.") == "The importer itself failed."
    assert as_called("importer resume k3f9") == f"{anywhere.replace('/cwd', str(tmp_path))} resume k3f9"


def test_what_is_found_on_the_way_anyway_has_no_path(
    called: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A shell passes the path of what it has found."""
    script = tmp_path / "importer"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    called([str(script)], ["python3", str(script)])
    assert program() == "importer"
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    called([str(script)], ["python3", str(script)])
    assert program() == str(script)


@pytest.mark.slow
def test_commands_to_type_next_name_the_state_directory_that_was_given(
    importer: Importer, api: Api, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without it they would look for the run in another journal; `-q` does not hide that there is one to resume."""
    source, state = sheet(person(1)), tmp_path / "another place"
    monkeypatch.setenv("IMPORTER_API_KEY", "refused")
    said = importer("run", source, *api.options, "--state", state)
    run = next(word for word in said.out.split() if len(word) == 8 and word.isalnum() and f"forget {word}" in said.out)
    exact = f"importer forget {run} --state '{state}'"
    assert exact in said.out
    again = importer("run", source, *api.options, "--state", state, "-q")
    assert "0 of 1 rows are confirmed" in again.err
    assert exact in again.err
    assert f"importer resume {run} --state '{state}'" in importer("retry", run, "--state", state).err
    assert exact in importer("show", run, "--state", state).out
    assert f"importer history --state '{state}'" in importer("resume", "nope1234", "--state", state).err
    assert "--state" not in importer("resume", "nope1234").err
