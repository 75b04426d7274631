"""The demo, as `make demo` runs it, and the sample files that it stands on."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_data"

pytestmark = pytest.mark.proof


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the samples, apart from the checkout."""
    shutil.copytree(SAMPLES, tmp_path / "sample_data", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _demo(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "sample_data/demo.py"],
        cwd=checkout,
        env=os.environ | {"IMPORTER_CONCURRENCY": "not a number", "HOME": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("either_wire")
def test_the_demo_shows_every_kind_of_row_and_where_the_sheet_lies(checkout: Path) -> None:
    """Exit 0 although the sample has bad rows on purpose; a setting of the user's does not disturb it."""
    found = _demo(checkout)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "23 of 41 rows are confirmed. " in found.stdout
    assert re.search(r"It took [0-9]+ requests and ", found.stdout)
    assert "The demo did what it should" in found.stdout
    folder = next(line for line in found.stdout.splitlines() if line.startswith("Reports in "))
    reports = checkout / folder.removeprefix("Reports in ").removesuffix(":")
    sheet = load_workbook(reports / "annotated.xlsx").worksheets[0]
    assert sheet.max_row == 42


def test_the_demo_fails_when_a_row_ends_otherwise(checkout: Path) -> None:
    """A demo that cannot fail shows nothing."""
    samples = checkout / "sample_data" / "samples.py"
    text = samples.read_text("utf-8")
    samples.write_text(text.replace('"dario.conti@example.net"', '"dario.conti@example.net", "failed"'), "utf-8")
    found = _demo(checkout)
    assert found.returncode == 1
    assert "WRONG: it should be failed" in found.stdout


def _samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples", SAMPLES / "samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["samples"] = module
    spec.loader.exec_module(module)
    return module


def test_the_sample_files_are_those_that_the_script_makes(tmp_path: Path) -> None:
    """Nobody has edited them by hand: the committed files hold what `samples.py` would write."""
    samples = _samples()
    samples.write_csv(tmp_path / "customer_changes.csv", samples.SAMPLES)
    samples.write_csv(tmp_path / "customer_changes_clean.csv", samples.CLEAN)
    samples.write_workbook(tmp_path / "customer_changes.xlsx", samples.SAMPLES)
    for name in ("customer_changes.csv", "customer_changes_clean.csv"):
        assert (SAMPLES / name).read_bytes() == (tmp_path / name).read_bytes()
    committed, made = (
        [[cell.value for cell in row] for row in load_workbook(folder / "customer_changes.xlsx").worksheets[0]]
        for folder in (SAMPLES, tmp_path)
    )
    assert committed == made
