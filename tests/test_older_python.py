"""A Python that is too old, and Windows, are told so in one line: nobody has to read a traceback for that."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
_PRETENDING: Final = """
import runpy, sys
sys.{what} = {value!r}
runpy.run_module("importer", run_name="__main__", alter_sys=True)
"""


def _pythons() -> Iterator[Path]:
    """Yield programs that may be an older Python, by their names."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    folders += sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin"))
    for path in chain.from_iterable(folder.glob("python3.*") for folder in folders):
        found = re.fullmatch(r"python3\.(\d+)", path.name)
        if found and int(found[1]) < 11:
            yield path


def _older() -> dict[str, Path]:
    """Return those that work, by their versions: what only stands for a Python may not be one."""
    told = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    found = {
        path: subprocess.run([path, "-c", told], capture_output=True, text=True, check=False) for path in _pythons()
    }
    return {process.stdout.strip(): path for path, process in found.items() if process.returncode == 0}


def _refused(*command: str | Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, ""), found.stderr
    return found.stderr


@pytest.mark.slow
def test_an_older_python_is_refused_in_one_line() -> None:
    """Each that is here, started in the checkout, whatever is asked for."""
    older = _older()
    if not older:
        pytest.skip("there is no older Python here")
    for version, python in older.items():
        said = _refused(python, "-m", "importer", "run", "changes.csv")
        assert said == f"importer needs Python 3.11 or newer; this is {version}.\n"


@pytest.mark.slow
def test_pip_refuses_an_older_python_in_one_line() -> None:
    """`pip install` from the checkout says what it takes, and installs nothing."""
    for python in _older().values():
        pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
            command = [*pip, "install", "--no-deps", "--no-input", str(ROOT)]
            found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT.parent)
            assert found.returncode != 0
            if not os.environ.get("CI") and "connect" in found.stderr.lower():
                pytest.skip("what builds the project cannot be fetched here")
            assert re.search(
                r"^ERROR: .*importer.* requires a different Python: .* not in .>=3\.11", found.stderr, re.MULTILINE
            )
            return
    pytest.skip("there is no older Python with pip here")


def test_a_version_is_refused_whichever_it_is() -> None:
    """The same where no older Python is here: this one calls itself one."""
    script = _PRETENDING.format(what="version_info", value=(3, 10, 4, "final", 0))
    assert _refused(sys.executable, "-c", script) == "importer needs Python 3.11 or newer; this is 3.10.4.\n"


def test_windows_is_refused_in_one_line() -> None:
    """With what to do instead."""
    script = _PRETENDING.format(what="platform", value="win32")
    said = _refused(sys.executable, "-c", script)
    assert said == "importer runs on Linux and macOS; on Windows, run it in WSL 2.\n"


@pytest.mark.parametrize("name", ["__init__", "__main__"])
def test_what_an_older_python_reads_is_written_for_it(name: str) -> None:
    """A word that it does not know would be a syntax error in place of the line."""
    ast.parse((ROOT / "importer" / f"{name}.py").read_text("utf-8"), feature_version=(3, 7))
