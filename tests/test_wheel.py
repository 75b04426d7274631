"""A wheel of the project works in an empty environment, away from the checkout, whatever has installed it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

from importer import __version__
from tests.proving import PARTS

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent
PINNED: Final = ROOT / "requirements" / "run.txt"
PIP: Final = ("-m", "pip", "--disable-pip-version-check", "--quiet")
SAMPLE: Final = ROOT / "sample_data" / "customer_changes_clean.csv"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project's wheel, built from a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("source") / "importer"
    copy.mkdir()
    for part in ("importer", "docs/man"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy / name)
    folder = tmp_path_factory.mktemp("wheel")
    _install(sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, copy)
    return next(folder.glob("*.whl"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty home with a blank and a letter beyond ASCII in its path."""
    home = tmp_path / "Peña home"
    home.mkdir()
    return home


def _install(*command: str | Path, home: Path | None = None, **variables: str) -> None:
    """Have a program install something; where nothing can be fetched, the test is skipped, but not in CI."""
    others = ("XDG_", "PIPX_") if home else ()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    environment = {**kept, **variables, **({"HOME": str(home)} if home else {})}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if found.returncode != 0 and not os.environ.get("CI") and "connect" in found.stderr.lower():
        pytest.skip("the packages that the wheel needs cannot be fetched here")
    assert found.returncode == 0, found.stderr


def _run(command: Path, *arguments: str, home: Path, **variables: str) -> str:
    """Return what the installed command prints, away from the checkout, in a home of its own."""
    folder = home / "away"
    folder.mkdir(exist_ok=True)
    shutil.copy(SAMPLE, folder / "changes.csv")
    found = subprocess.run(
        [command, *arguments],
        cwd=folder,
        env={"HOME": str(home), "PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def _expect_whole(command: Path, home: Path) -> None:
    """See that the installed command checks a sheet and completes, and that its manual pages are beside it."""
    assert _run(command, "--version", home=home) == f"importer {__version__}\n"
    assert json.loads(_run(command, "check", "changes.csv", "--json", home=home))["statuses"]["valid"] == 10
    offered = _run(command, home=home, _IMPORTER_COMPLETE="bash", _IMPORTER_LINE="importer hist")
    assert offered.split("\t")[:2] == ["word", "history"]
    assert str(command) in _run(command, "completion", "bash", home=home)
    pages = command.resolve().parents[1] / "share" / "man" / "man1"
    assert {page.name for page in pages.iterdir()} == {page.name for page in (ROOT / "docs" / "man").iterdir()}


def _program(name: str) -> Path:
    """Return a program that installs others; without it the test is skipped, but fails in CI."""
    beside = Path(sys.executable).with_name(name)
    found = beside if beside.exists() else shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing; CI must have it")
        pytest.skip(f"{name} is not installed")
    return Path(found)


def test_the_wheel_holds_more_than_code(wheel: Path) -> None:
    """Every file of the package is in it: SQL, data and the mark that it is typed."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "importer").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= packed
    assert {path.rsplit(".", 1)[-1] for path in expected} >= {"py", "sql", "toml", "typed"}


def test_the_wheel_runs_in_an_empty_environment(wheel: Path, home: Path) -> None:
    """With the pinned versions and nothing of the checkout, the whole way of a row works."""
    venv.create(home / "venv")
    python = str(home / "venv" / "bin" / "python")
    install = (sys.executable, *PIP, "--python", python, "install", "--no-compile", "--no-deps")
    _install(*install, "--require-hashes", "-r", PINNED)
    _install(*install, wheel)
    command = home / "venv" / "bin" / "importer"
    _expect_whole(command, home)
    summary = json.loads(_run(command, "run", "changes.csv", "--sandbox", "--format", "xlsx", "--json", home=home))
    assert summary["statuses"]["updated"] == 10
    assert Path(summary["reports"]["annotated"]).is_file()


def test_uv_installs_the_wheel_as_a_tool(wheel: Path, home: Path) -> None:
    """`uv tool install`: the command is in the user's own folder of programs, and its environment apart."""
    install = (_program("uv"), "tool", "install", "--python", sys.executable, "--constraints", PINNED)
    _install(*install, wheel, home=home, UV_PYTHON_DOWNLOADS="never")
    _expect_whole(home / ".local" / "bin" / "importer", home)


@pytest.mark.skipif(PARTS > 1, reason="takes a minute; `make test-install` does it")
def test_pipx_installs_the_wheel(wheel: Path, home: Path) -> None:
    """`pipx install`: the same."""
    pinned = home.with_name("pinned.txt")  # without hashes, which would be asked of the wheel, too
    lines = (line.removesuffix("\\").strip() for line in PINNED.read_text("utf-8").splitlines())
    pinned.write_text("\n".join(line for line in lines if not line.startswith("--hash")) + "\n", "utf-8")
    install = (_program("pipx"), "install", "--python", sys.executable, "--pip-args", f"--constraint {pinned}")
    _install(*install, wheel, home=home)
    _expect_whole(home / ".local" / "bin" / "importer", home)
