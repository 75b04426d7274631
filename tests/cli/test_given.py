"""What a command was given becomes values."""

from __future__ import annotations

from typing import Final

import click
import pytest

from importer.cli import options
from importer.cli.command import Command
from importer.cli.given import Given, Manner, Shape
from importer.errors import SettingsError
from importer.settings import Settings
from tests.cli.echo import Values

COMMAND: Final = Command(
    "tests.cli.echo",
    summary="Hand back what is given.",
    text="Hand back what is given.",
    takes=(
        click.option("--name", default="Ana"),
        *options.READING,
        options.VISIBLE_ONLY,
        *options.STATE,
        *options.TALK,
    ),
    epilog="",
)


def _values(*arguments: str) -> Values:
    """Return what the body of a command with the options of reading is called with."""
    found: Values = COMMAND.main(list(arguments), standalone_mode=False)
    return found


def test_each_option_goes_into_the_value_that_has_a_field_for_it() -> None:
    """What none has is handed over as it is; what a command has no option for keeps its default."""
    name, given, shape, manner = _values("--sheet", "May", "--map", "Mail=email", "-qq", "--visible-only")
    assert name == "Ana"
    assert given == Given(columns={"Mail": "email"}, visible_only=True)
    assert shape == Shape(sheet="May")
    assert manner == Manner(quiet=2)


def test_what_is_not_given_is_left_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag that is not there does not switch off what the environment switches on."""
    monkeypatch.setenv("IMPORTER_VISIBLE_ONLY", "1")
    _, given, _, _ = _values()
    assert given.settings().visible_only


@pytest.mark.parametrize(("said", "meant"), [("tab", "\t"), ("Space", " "), ("none", ""), ("||", "||"), (" ", " ")])
def test_characters_that_are_hard_to_type_have_names(said: str, meant: str) -> None:
    """Whatever the case; all else is meant as it stands."""
    _, _, shape, _ = _values("--delimiter", said)
    assert shape.reading(Settings.load({})).delimiter == meant


def test_a_quote_is_one_character() -> None:
    """More than one is refused, with the option's name."""
    _, _, shape, _ = _values("--quote", "''")
    with pytest.raises(SettingsError, match="--quote cannot be used: it is 2 characters"):
        shape.reading(Settings.load({}))
