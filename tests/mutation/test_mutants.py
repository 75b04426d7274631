"""Mutants are counted by what they change, and those that are listed as equivalents are ones."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.mutation.__main__ import PARTS, PROJECT
from tests.mutation.mutants import Change, Fate, Mutant, change_between, read_equivalents, read_mutants

WAS = 'def f(a, b=1):\n    if a > b:\n        raise ValueError("It is too great.", "code")\n    return a'


def _function(code: str) -> ast.FunctionDef:
    function = ast.parse(code).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("It is too great.", "XXIt is too great.XX", None),
        ("It is too great.", "IT IS TOO GREAT.", None),
        ("a > b", "a >= b", ("if a > b:", "if a >= b:")),
        ("b=1", "b=2", ("def (a, b=1):", "def (a, b=2):")),
        (
            '"code"',
            '"CODE"',
            ("raise ValueError('It is too great.', 'code')", "raise ValueError('It is too great.', 'CODE')"),
        ),
    ],
)
def test_a_mutant_is_the_lines_that_are_other_ones_unless_they_are_texts(
    old: str, new: str, change: tuple[str, str] | None
) -> None:
    """A sentence for people is no behaviour; a code for programs is."""
    became = WAS.replace(old, new).replace("def f", "def f__mutmut_7")
    assert change_between("f", _function(WAS), _function(became)) == (change and Change("f", *change))


def test_what_became_of_mutants_is_read_with_what_they_are(tmp_path: Path) -> None:
    """What nobody has found survives, what hangs is told from what fails, and what was not tried is said."""
    module = "importer/a.py"
    names = {"x_f__mutmut_1": 1, "x_f__mutmut_2": 0, "xǁKindǁof__mutmut_1": -24, "x_f__mutmut_3": None}
    codes = {name: f"def {name}():\n    return {at}" for at, name in enumerate(names, start=1)}
    originals = [
        "def x_f__mutmut_orig():\n    return 0",
        "class Kind:\n    def xǁKindǁof__mutmut_orig():\n        return 0",
    ]
    (tmp_path / "importer").mkdir()
    (tmp_path / module).write_text("\n".join([*originals, *codes.values()]), "utf-8")
    results = {f"importer.a.{name}": exit_code for name, exit_code in names.items()}
    (tmp_path / f"{module}.meta").write_text(json.dumps({"exit_code_by_key": results}), "utf-8")
    assert list(read_mutants(tmp_path, [module])) == [
        Mutant(module, Change("f", "return 0", "return 1"), Fate.KILLED),
        Mutant(module, Change("f", "return 0", "return 2"), Fate.SURVIVED),
        Mutant(module, Change("Kind.of", "return 0", "return 3"), Fate.HUNG),
        Mutant(module, Change("f", "return 0", "return 4"), Fate.NOT_TRIED),
    ]


def test_parts_and_equivalents_name_what_is_there() -> None:
    """Modules and tests that are moved are moved here too; and each equivalent has its reason."""
    modules = {module for part in PARTS.values() for module in part.modules}
    assert {
        path for part in PARTS.values() for path in (*part.modules, *part.tests) if not (PROJECT / path).exists()
    } == set()
    assert {module for module, _ in read_equivalents()} <= modules
    assert all(read_equivalents().values())
