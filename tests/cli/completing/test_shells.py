"""Completion in real shells, on a terminal, in a home with blanks and letters beyond ASCII in its path."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.cli.completing.shells import SHELLS, script
from importer.cli.ops.commands import COMPLETION
from tests.cli.completing.shell_screen import ShellScreen, command_in, expect_shell
from tests.cli.conftest import Importer, person


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, importer: Importer, tmp_path: Path) -> Iterator[ShellScreen]:
    """Yield each shell in such a home, with a journal of one check and a settings file with two profiles."""
    expect_shell(request.param)
    home = tmp_path / "Peña's höme"
    settings = home / ".config" / "importer" / "importer.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('state = "~/the state"\n[profiles.north-west]\n[profiles.south]\n', "utf-8")
    source = home / "my changes.csv"
    source.write_text("Customer ID,First Name,Last Name,Email\n" + ",".join(person(1)) + "\n", "utf-8")
    assert importer("check", source, "--state", home / "the state").code == 0
    command = command_in(home)
    with ShellScreen(request.param, command, home=home, folder=home, variables={}) as screen:
        yield screen


@pytest.fixture
def run_id(shell: ShellScreen, importer: Importer, tmp_path: Path) -> str:  # noqa: ARG001 - which has made it
    """Return the id of the run that the journal knows."""
    (run,) = importer("history", "--json", "--state", tmp_path / "Peña's höme" / "the state").json
    return str(run["run_id"])


@pytest.mark.slow
def test_a_shell_completes_what_is_typed(shell: ShellScreen, run_id: str) -> None:
    """Commands, options, choices, ids of runs, profiles, fields and files arrive as if they were typed in full."""
    typed = {
        "importer hist\t": "<history>",
        f"importer show {run_id[:4]}\t": f"<show><{run_id}>",
        "importer run my\t --form\tx\t": "<run><my changes.csv><--format><xlsx>",
        "importer run x --profile so\t": "<run><x><--profile><south>",
        "importer run x --profile nor\t": "<run><x><--profile><north-west>",
        "importer run x --map 'First Name=fi\t": "<run><x><--map><First Name=first_name>",
        "importer run x --map Mail=em\t": "<run><x><--map><Mail=email>",
        "importer check x --columns sent_at,lat\t": "<check><x><--columns><sent_at,latency_ms>",
        "importer history --state the\t": "<history><--state><the state>",
        "IMPORTER_RATE=5 importer ret\t": "<retry>",
    }
    for number, (keys, given) in enumerate(typed.items()):
        shell.type(keys)
        shell.type(f" end{number}\n")
        shown = shell.until(f"<end{number}>.")
        assert f"{given}<end{number}>." in shown.replace("/>", ">"), shown  # zsh takes the stroke away again


def test_the_script_asks_the_program_as_it_was_called() -> None:
    """From any folder, and with none of the names that stand in for what is put in."""
    for shell in SHELLS:
        assert "@" not in script(shell).replace('"$@"', "")
    (argument,) = COMPLETION.params
    assert tuple(getattr(argument.type, "choices", ())) == SHELLS


@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_takes_the_script_without_a_word(name: str, importer: Importer, tmp_path: Path) -> None:
    """Read at its start, where nothing completes yet, it is silent too."""
    expect_shell(name)
    path = tmp_path / "script"
    said = importer("completion", name)
    assert (said.code, said.err) == (0, "")
    path.write_text(said.out, "utf-8")
    found = subprocess.run([name, path], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "") or name == "zsh", found
    assert found.stdout == found.stderr == ""
