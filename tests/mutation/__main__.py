"""Try the tests on mutants of what decides what is a row, and what its end is: `python -m tests.mutation`.

A part that is named is tried alone: `python -m tests.mutation cleaning`. It needs `mutmut`, which the dependency group
`mutants` names, and works in `build/mutants`. What stands outside of functions, such as an expression, has no mutants,
nor has a function with a decorator: mutmut leaves them as they are. `MUTANTS_AT_ONCE` says how many are tried at once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Fate, Mutant, read_equivalents, read_mutants

PROJECT: Final = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Part:
    """Modules that decide one thing, and the tests that are to find their mutants.

    Attributes:
        least: This share of the mutants that are no equivalents is to be found.
    """

    modules: Sequence[str]
    tests: Sequence[str]
    least: float = 0.9


_HEADER_TESTS: Final = (
    "tests/sheets/header",
    "tests/sheets/text/test_reading.py",
    "tests/sheets/text/rows/test_swallowed.py",
)
_HEADER: Final = "importer/sheets/header"

PARTS: Final[Mapping[str, Part]] = {
    "header": Part((f"{_HEADER}/header.py", f"{_HEADER}/second_header.py"), _HEADER_TESTS),
    "kinds": Part((f"{_HEADER}/record_kinds.py", f"{_HEADER}/asides.py", f"{_HEADER}/likeness.py"), _HEADER_TESTS),
    "splitting": Part(("importer/sheets/text/splitting.py",), ("tests/sheets/text",)),
    "cleaning": Part(
        tuple(
            f"importer/checks/cleaning/{name}.py"
            for name in ("characters", "clean_rows", "cleaning_steps", "text_dress", "tidy_address", "tidy_text")
        ),
        ("tests/checks/cleaning", "tests/checks/test_checker.py"),
    ),
    "replies": Part(
        tuple(f"importer/delivery/replies/{name}.py" for name in ("reply_meaning", "refusals", "voice", "row_history")),
        ("tests/delivery/replies", "tests/delivery/test_answers_in_front.py"),
        least=0.95,
    ),
}


def main() -> int:
    """Try the parts that are named, or all; return 0 where enough of each is found."""
    names = sys.argv[1:] or list(PARTS)
    mutants = {name: _tried(name, PARTS[name]) for name in names}
    for mutant in (mutant for of_part in mutants.values() for mutant in of_part):
        if mutant.fate in {Fate.SURVIVED, Fate.HUNG}:
            change = mutant.change
            _say(f"\n{mutant.module}: {change.function}: {mutant.fate}\n  - {change.was}\n  + {change.became}")
    _say(f"\n{'':42}{'mutants':>9}{'equivalent':>12}{'killed':>9}{'hung':>7}{'survived':>10}{'share':>9}")
    are_enough = [_enough(name, of_part) for name, of_part in mutants.items()]
    made = {(mutant.module, mutant.change) for of_part in mutants.values() for mutant in of_part}
    modules = {module for name in names for module in PARTS[name].modules}
    for module, change in read_equivalents():
        if module in modules and (module, change) not in made:
            _say(f"Listed as equivalent, and no mutant any more: {module}: {change.function}: {change.became}")
    return int(not all(are_enough))


def _tried(name: str, part: Part) -> Sequence[Mutant]:
    """Let mutmut make the mutants of a part, and try its tests on each."""
    folder = PROJECT / "build" / "mutants" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for linked in ("importer", "tests"):
        (folder / linked).symlink_to(PROJECT / linked)
    settings = (PROJECT / "pyproject.toml").read_text("utf-8") + _settings(part)
    (folder / "pyproject.toml").write_text(settings, "utf-8")
    mutmut = Path(sys.executable).parent / "mutmut"
    with (folder / "log.txt").open("wb") as log:
        ended = subprocess.run(
            [mutmut, "run", "--max-children", os.environ.get("MUTANTS_AT_ONCE", "1")],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    mutants = [] if ended.returncode else list(read_mutants(folder / "mutants", part.modules))
    if not mutants or any(mutant.fate is Fate.NOT_TRIED for mutant in mutants):
        raise SystemExit(f"mutmut did not come to an end; see {folder / 'log.txt'}")
    return mutants


def _settings(part: Part) -> str:
    """Return what mutmut is told.

    A mutant that takes four times as long as its tests, and a minute more, is taken to hang: it is found.
    What has hung is shown: on a machine that is busy with something else, it may only have been slow.
    Each is tried in a process that has run no test before: what tests start and remember there would tell nothing.
    """
    return f"""
[tool.mutmut]
source_paths = ["importer"]
only_mutate = {list(part.modules)}
pytest_add_cli_args_test_selection = {list(part.tests)}
pytest_add_cli_args = ["-m", "not proof and not slow", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
process_isolation = "forkserver"
timeout_multiplier = 4.0
timeout_constant = 15.0
"""


def _enough(name: str, mutants: Sequence[Mutant]) -> bool:
    """Print the figures of a part and of its modules, and return whether enough of its mutants are killed."""
    for module in PARTS[name].modules:
        _print_figures(module, [mutant for mutant in mutants if mutant.module == module])
    share = _print_figures(f"all of {name}", mutants)
    least = PARTS[name].least
    if share < least:
        _say(f"Of {name} less than {least:.0%} are killed.")
    return share >= least


def _print_figures(what: str, mutants: Sequence[Mutant]) -> float:
    fates = Counter(mutant.fate for mutant in mutants)
    equivalent, killed, hung, survived = (
        fates[fate] for fate in (Fate.EQUIVALENT, Fate.KILLED, Fate.HUNG, Fate.SURVIVED)
    )
    share = 1 - survived / (killed + hung + survived or 1)
    _say(f"{what:42}{len(mutants):9}{equivalent:12}{killed:9}{hung:7}{survived:10}{share:9.1%}")
    return share


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
