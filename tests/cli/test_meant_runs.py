"""A file, or a folder of reports, where the id of a run is wanted."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Importer, Stopped, person

Sheet = Callable[..., Path]


def _hint(importer: Importer, *arguments: object) -> tuple[str, str]:
    said = importer(*arguments)
    message, hint = said.err.splitlines()
    assert (said.code, said.out) == (2, "")
    return message.removeprefix("Error: "), hint.strip()


@pytest.mark.parametrize("command", ["resume", "retry"])
def test_what_goes_on_with_a_run_names_the_one_of_the_file_and_how_to_send_it(
    command: str, importer: Importer, sheet: Sheet, stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unfinished one, where there is one: the command that was probably meant can be typed as it stands."""
    path = sheet(person(1), person(2))
    source = path.rename(path.with_name("my changes.csv"))
    monkeypatch.chdir(source.parent)
    message, hint = _hint(importer, command, source.name)
    assert message == f"my changes.csv is a file, and what {command} takes is the id of a run."
    assert hint == 'No run of it is known. To send it: importer run "my changes.csv"'
    run_id = stopped(source)["run_id"]
    _, hint = _hint(importer, command, source.name)
    told, _, to_send = hint.partition(". To send it: ")
    assert told == f"The unfinished run of it is {run_id}: importer resume {run_id}"
    assert to_send == 'importer run "my changes.csv"'
    assert importer(*shlex.split(told.partition(": ")[2])[1:]).code == 0
    expected = {
        "resume": "No run of it is unfinished.",
        "retry": f"Its newest run, {run_id}, has no row to try again that is not confirmed by now.",
    }[command]
    assert _hint(importer, command, source)[1].startswith(expected)


def test_a_run_that_was_forgotten_is_tried_again_and_not_gone_on_with(
    importer: Importer, sheet: Sheet, stopped: Stopped
) -> None:
    """What is named would not be refused."""
    source = sheet(person(1), person(2))
    run_id = stopped(source)["run_id"]
    assert importer("forget", run_id).code == 0
    _, hint = _hint(importer, "retry", source)
    assert hint.startswith(f"The newest run of it is {run_id}: importer retry {run_id}.")
    assert importer("retry", run_id, "--yes").code == 0


@pytest.mark.parametrize("command", ["show", "report", "forget"])
def test_what_is_about_a_run_names_the_newest_of_the_file(
    command: str, importer: Importer, sheet: Sheet, tmp_path: Path
) -> None:
    """Or that whose reports a folder, or the file, belongs to; no matter whether the file is still there."""
    source = sheet(person(1, "nobody"))
    ids = [importer("check", source, "--output", tmp_path / name, "--json").json["run_id"] for name in "ab"]
    told = f"The newest run of it is {ids[1]}: importer {command} {ids[1]}"
    assert _hint(importer, command, source) == (
        f"{source} is a file, and what {command} takes is the id of a run.",
        told,
    )
    assert ids[0] in _hint(importer, command, tmp_path / "a")[1]
    assert ids[0] in _hint(importer, command, tmp_path / "a" / "to_fix.xlsx")[1]
    source.unlink()
    assert _hint(importer, command, source) == (
        f"{source} is no run, and what {command} takes is the id of a run.",
        told,
    )
    assert _hint(importer, command, "other.csv")[1] == "No run of it is known. `importer history` lists the runs."


def test_a_word_is_taken_for_an_id(importer: Importer) -> None:
    """It may be misspelt."""
    assert _hint(importer, "show", "abcd") == ("There is no run abcd.", "`importer history` lists the runs.")


@pytest.mark.parametrize("command", ["show", "resume"])
def test_what_can_be_no_path_is_no_run(command: str, importer: Importer) -> None:
    """Nor is it a defect of the importer."""
    long = "a" * 300
    assert _hint(importer, command, long) == (f"There is no run {long}.", "`importer history` lists the runs.")
    message, hint = _hint(importer, command, f"{long}/b.csv")
    assert message == f"{long}/b.csv is no run, and what {command} takes is the id of a run."
    assert hint == "No run of it is known. `importer history` lists the runs."
