"""Commands: each is declared where nothing is heavy, and done in a module of its name that takes what is declared."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from dataclasses import fields, is_dataclass
from typing import Final, get_args, get_type_hints

import pytest

from importer.cli.command import Command
from importer.cli.commands import LEAVES
from importer.cli.main import group

HEAVY: Final = (
    "jinja2",
    "openpyxl",
    "pandas",
    "difflib",
    "tomllib",
    "pandera",
    "pydantic",
    "requests",
    "rich",
    "sqlite3",
    "structlog",
    "uvicorn",
    "importer.settings",
    "importer.story.job",
)
COMMANDS: Final = LEAVES.values()
AROUND: Final = {"config"}
"""What is given before a command."""
CALLS: Final = list(dict.fromkeys(["", *group.commands, *LEAVES]))
each_command = pytest.mark.parametrize("command", COMMANDS, ids=LEAVES)


def _declared(command: Command) -> set[str | None]:
    return {parameter.name for parameter in command.params}


@each_command
def test_a_commands_body_takes_just_what_is_declared(command: Command) -> None:
    """Each option is a parameter, or a field of one value; each parameter is declared, or is a value that has some."""
    body = command.body()
    kinds = get_type_hints(body)
    taken: list[str] = []
    for name in inspect.signature(body).parameters.keys() - AROUND:
        values = [field.name for field in fields(kinds[name])] if is_dataclass(kinds[name]) else [name]
        given = [value for value in values if value in _declared(command)]
        assert given, f"nothing is declared for {name}"
        taken += given
    assert sorted(taken) == sorted(str(name) for name in _declared(command))


@each_command
def test_a_commands_body_allows_for_what_is_left_out(command: Command) -> None:
    """What is None where nothing is said has a type that has None in it."""
    types: dict[str, object] = {}
    for name, kind in get_type_hints(command.body()).items():
        types |= get_type_hints(kind) if is_dataclass(kind) else {name: kind}
    required = [next(iter(getattr(each.type, "choices", "x"))) for each in command.params if each.required]
    context = command.make_context(command.name, required, help_option_names=["-h", "--help"])
    silent = {name for name, value in context.params.items() if value is None}
    assert {name for name in silent if type(None) not in get_args(types[name])} == set()


def test_a_commands_module_is_called_like_it() -> None:
    """Whoever looks for a command finds the file of its name; no two commands have one."""
    names = [command.module.rpartition(".")[2].replace("_", "-") for command in COMMANDS]
    assert names == [command.name for command in COMMANDS]
    assert [words.rpartition(" ")[2] for words in LEAVES] == names
    assert len({command.module for command in COMMANDS}) == len(names)


def test_help_imports_nothing_heavy() -> None:
    """All help answers at once, since what a command does is imported when it is done."""
    bodies = [command.module for command in COMMANDS]
    script = f"""
import json, sys
before = set(sys.modules)  # where the process measures itself, that has loaded more
from importer.cli.main import run_command
loaded = {{}}
for name in {CALLS!r}:
    code = run_command([*name.split(), "--help"])
    loaded[name] = [module for module in {[*HEAVY, *bodies]!r} if module in sys.modules.keys() - before]
print(json.dumps(loaded), code, file=sys.stderr)
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    said, code = found.stderr.rsplit(maxsplit=1)
    assert code == "0"
    assert json.loads(said) == {name: [] for name in CALLS}
    assert found.stdout.count("Usage: importer") == len(CALLS)
