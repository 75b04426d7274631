"""Help: for everything, with examples, and true."""

from __future__ import annotations

import re

import click
import pytest

from importer.cli import commands
from importer.settings import Settings
from tests.cli.conftest import Importer
from tests.help_texts import PAGE, filled

COMMANDS = {**{command.name or "": command for command in commands.COMMANDS}, **commands.LEAVES}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(importer: Importer, name: str) -> None:
    """What it does, what each option means, and how it is called."""
    said = importer(*name.split(), "--help")
    assert said.code == 0
    assert "Examples:" in said.out
    assert f"importer {name}" in said.out
    for parameter in COMMANDS[name].params:
        assert not isinstance(parameter, click.Option) or parameter.help or parameter.name == "help"


def test_no_option_takes_the_key() -> None:
    """`ps` shows options, so the key is never one."""
    names = {option for name in COMMANDS for parameter in COMMANDS[name].params for option in parameter.opts}
    assert "--api-key-file" in names
    assert "--api-key" not in names


def test_help_names_the_variables_and_the_defaults_that_hold() -> None:
    """What help says of an option's variable and default is what the settings do."""
    fields = Settings.model_fields
    checked = 0
    for parameter in COMMANDS["run"].params:
        told = parameter.help if isinstance(parameter, click.Option) else None
        variable = re.search(r"\[env: IMPORTER_(\w+)", told or "")
        if variable is None:
            continue
        field = fields[variable[1].lower()]
        default = re.search(r"default: ([\w:/.]+)\]", told or "")
        if default is not None and default[1] != "state":
            expected = "auto" if variable[1] == "CONCURRENCY" else re.sub(r"\.0$", "", str(field.default))
            assert default[1] == expected
        checked += 1
    assert checked >= 9


def test_the_version_is_the_packages(importer: Importer) -> None:
    """`--version` says name and version."""
    from importer import __version__  # noqa: PLC0415 - beside its use

    assert importer("--version").out == f"importer {__version__}\n"


def test_the_operators_page_quotes_help_as_it_is() -> None:
    """`make help-texts` has been run since the last change of an option."""
    text = PAGE.read_text("utf-8")
    assert filled(text) == text
    assert text.count("Usage: importer") == 2


def test_the_operators_page_lists_every_setting() -> None:
    """No setting without its line in docs/operating.md, with its default."""
    page = PAGE.read_text("utf-8")
    for name in Settings.model_fields:
        assert f"`IMPORTER_{name.upper()}`" in page, name
    for name in ("timeout", "max_attempts", "max_name_length", "chunk_rows", "max_reply_bytes"):
        line = next(line for line in page.splitlines() if f"`IMPORTER_{name.upper()}`" in line)
        assert (
            f"| {Settings.model_fields[name].default:g} |" in line
            or str(Settings.model_fields[name].default).removesuffix(".0") in line
        )
