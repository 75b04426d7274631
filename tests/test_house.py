"""The house: where a stranger looks for things, and one name for one thing."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).parent.parent / "importer"
MOST_MODULES: Final = 17
"""In one folder, its `__init__` not counted."""
LONGEST_MODULE: Final = 400


def _modules() -> list[Path]:
    return [path for path in sorted(HOUSE.rglob("*.py")) if path.name != "__init__.py"]


def test_class_names_are_unique() -> None:
    """A class's name, with or without an underscore before it, is that of one class."""
    homes = defaultdict(list)
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name.lstrip("_")].append(str(path.relative_to(HOUSE)))
    assert len(homes) > 100
    assert {name: at for name, at in homes.items() if len(at) > 1} == {}


def test_module_names_are_unique_but_for_commands() -> None:
    """Whoever has read a module's name in a traceback knows where it is; a command's module is called like it."""
    names = Counter(path.stem for path in _modules() if "cli" not in path.parts)
    assert [name for name, count in names.items() if count > 1] == []


def test_exit_codes_are_called_by_their_names() -> None:
    """No command returns a number that is written out: all of them stand in one table."""
    written = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in (HOUSE / "cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Return) and node.value
        for part in ([node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value])
        if isinstance(part, ast.Constant) and type(part.value) is int
    ]
    assert written == []


def test_no_folder_is_fuller_than_a_stranger_can_overlook() -> None:
    """A folder that gets too full is split by what its modules are about."""
    sizes = Counter(path.parent.relative_to(HOUSE).as_posix() for path in _modules())
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_modules_fit_in_the_head() -> None:
    """A module that outgrows one idea is split."""
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in _modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_test_says_what_it_holds() -> None:
    """Each test has a sentence as its docstring, which reads as a specification."""
    folder = Path(__file__).parent
    silent = [
        f"{path.relative_to(folder)}: {node.name}"
        for path in folder.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


DECIDED_AT_ONCE: Final = {"text_dress.py", "long_records.py", "coded.py", "escaped_lines.py", "splitting.py"}
"""Where each alternative of a group that is repeated possessively is decided by its first character."""


def test_groups_are_repeated_possessively_only_where_every_python_does_so_alike() -> None:
    """CPython 3.11.2 goes on behind what a failed repetition has matched."""
    possessive = re.compile(r"\)[*+?]\+|\)\{[0-9,]+\}\+")
    assert {path.name for path in _modules() if possessive.search(path.read_text("utf-8"))} == DECIDED_AT_ONCE
