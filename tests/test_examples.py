"""What docstrings give as an example is so."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

_PACKAGE: Final = Path(__file__).parent.parent / "importer"
_BEGINNING: Final = "Example: `"
_EXAMPLE: Final = re.compile(rf"^{_BEGINNING}([^`]+)`\s+is\s+`([^`]+)`\.$", re.MULTILINE)
_WITH_DOCSTRINGS: Final = (ast.Module, ast.ClassDef, ast.FunctionDef)


class Example(NamedTuple):
    """What is called, and what that is, with the names of a module."""

    module: str
    call: str
    value: str


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield the modules that have examples, with their text."""
    texts = ((path, path.read_text("utf-8")) for path in sorted(_PACKAGE.rglob("*.py")))
    yield from ((path, text) for path, text in texts if _BEGINNING in text)


def _examples() -> Iterator[Example]:
    for path, text in _texts():
        module = ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
        for place in ast.walk(ast.parse(text)):
            docstring = (ast.get_docstring(place) if isinstance(place, _WITH_DOCSTRINGS) else None) or ""
            yield from (Example(module, *found) for found in _EXAMPLE.findall(docstring))


EXAMPLES: Final = list(_examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.call for example in EXAMPLES])
def test_an_example_in_a_docstring_is_true(example: Example) -> None:
    """`Example: CALL is VALUE.` holds with the names that the docstring's own module has."""
    names = dict(vars(importlib.import_module(example.module)))
    assert eval(example.call, names) == eval(example.value, names)  # noqa: S307 - both stand in the code itself


def test_every_example_is_found() -> None:
    """None is written in a way in which it is not tried."""
    assert sum(text.count(_BEGINNING) for _, text in _texts()) == len(EXAMPLES)
