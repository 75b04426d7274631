"""What mutmut has made of a module, and what became of it: its mutants, told apart by what they change."""

from __future__ import annotations

import ast
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

EQUIVALENTS: Final = Path(__file__).parent / "equivalents.toml"
_SURVIVED: Final = frozenset({0, 5, 33})
"""What pytest, or mutmut for a function that no test calls, returns for a mutant that no test has found."""
_NOT_TRIED: Final = frozenset({None, 2})
_HUNG: Final = frozenset({-24, -9, 24, 36, 152, 255})
"""What it returns where the processor's time, or that of the clock, has run out."""
_WORDS: Final = re.compile(r"[^\W\d_]{2},? [^\W\d_]{2}")
"""What a string has that is a text for people."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    HUNG = "hung"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Change:
    """What a mutant is: the lines of a function that are other ones in it, each statement in one line."""

    function: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant, and what became of it."""

    module: str
    change: Change
    fate: Fate


def read_equivalents(path: Path = EQUIVALENTS) -> Mapping[tuple[str, Change], str]:
    """Return the mutants that do the same as what they were made of, by their modules, each with the reason."""
    return {
        (one["module"], Change(one["function"], one["was"], one["became"])): one["reason"]
        for one in tomllib.loads(path.read_text("utf-8")).get("equivalent", ())
    }


def read_mutants(folder: Path, modules: Iterable[str]) -> Iterator[Mutant]:
    """Yield the mutants of modules, but for those of texts.

    Args:
        folder: Where mutmut has put what it has made.
        modules: By their paths in the project.
    """
    equivalents = read_equivalents()
    for module in modules:
        functions = _functions((folder / module).read_text("utf-8"))
        results = json.loads((folder / f"{module}.meta").read_text("utf-8"))["exit_code_by_key"]
        for key, exit_code in results.items():
            name = key.rpartition(".")[2]
            stem = name.rpartition("__mutmut_")[0]
            change = change_between(_shown(stem), functions[f"{stem}__mutmut_orig"], functions[name])
            if change is None:
                continue
            fate = _fate(exit_code)
            if fate is Fate.SURVIVED and (module, change) in equivalents:
                fate = Fate.EQUIVALENT
            yield Mutant(module, change, fate)


def change_between(function: str, was: ast.FunctionDef, became: ast.FunctionDef) -> Change | None:
    """Return what differs between two functions; None where that is nothing but texts for people.

    Args:
        function: What it is called.
        was: As it is written.
        became: As a mutant.
    """
    if _without_texts(was) == _without_texts(became):
        return None
    lines = list(difflib.ndiff(_lines(was), _lines(became)))
    gone = [line[2:].strip() for line in lines if line.startswith("- ")]
    new = [line[2:].strip() for line in lines if line.startswith("+ ")]
    return Change(function, "; ".join(gone), "; ".join(new))


def _fate(exit_code: int | None) -> Fate:
    if exit_code in _NOT_TRIED:
        return Fate.NOT_TRIED
    if exit_code in _SURVIVED:
        return Fate.SURVIVED
    return Fate.HUNG if exit_code in _HUNG else Fate.KILLED


def _functions(code: str) -> Mapping[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}


def _shown(stem: str) -> str:
    """Return a function's name as a person writes it; mutmut has put the class before it, between these letters."""
    return stem.removeprefix("x").removeprefix("_").strip("ǁ").replace("ǁ", ".")


def _lines(function: ast.FunctionDef) -> list[str]:
    return ast.unparse(function).replace(f"def {function.name}(", "def (", 1).split("\n")


def _without_texts(function: ast.FunctionDef) -> list[str]:
    class Blanked(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            is_text = isinstance(node.value, str) and _WORDS.search(node.value)
            return ast.Constant("") if is_text else node

    return _lines(Blanked().visit(ast.parse(ast.unparse(function)).body[0]))
