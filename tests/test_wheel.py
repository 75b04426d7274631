"""A wheel of the project works in an empty environment, away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project's wheel, built from a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("source") / "importer"
    copy.mkdir()
    shutil.copytree(ROOT / "importer", copy / "importer", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy / name)
    folder = tmp_path_factory.mktemp("wheel")
    _pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(copy))
    return next(folder.glob("*.whl"))


def _pip(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0 and not os.environ.get("CI") and "connection" in found.stderr.lower():
        pytest.skip("the packages that the wheel needs cannot be fetched here")
    assert found.returncode == 0, found.stderr
    return found


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


def test_the_wheel_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """With the pinned versions and nothing of the checkout, the whole way of a row works."""
    venv.create(tmp_path / "venv")
    python = str(tmp_path / "venv" / "bin" / "python")
    install = ("--python", python, "install", "--no-compile", "--no-deps")
    _pip(sys.executable, *install, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt"))
    _pip(sys.executable, *install, str(wheel))
    source = tmp_path / "away" / "changes.csv"
    source.parent.mkdir()
    shutil.copy(ROOT / "sample_data" / "customer_changes_clean.csv", source)
    found = subprocess.run(
        [str(tmp_path / "venv" / "bin" / "importer"), "run", "changes.csv", "--sandbox", "--format", "xlsx", "--json"],
        cwd=source.parent,
        env={"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    summary = json.loads(found.stdout)
    assert summary["statuses"]["updated"] == 10
    assert Path(summary["reports"]["annotated"]).is_file()
