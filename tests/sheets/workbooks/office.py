"""LibreOffice, which writes workbooks as other people's programs do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

FILTERS: Final = {
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "fods": "fods:OpenDocument Spreadsheet Flat XML",
    "html": "html:HTML (StarCalc)",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}


def convert(source: Path, form: str, folder: Path) -> Path:
    """Return a workbook saved by LibreOffice in another format; skip the test where there is none.

    A build server must have it: there, the test fails.
    """
    return convert_all([source], form, folder)[0]


def convert_all(sources: Sequence[Path], form: str, folder: Path) -> Sequence[Path]:
    """Return workbooks that LibreOffice has saved in another format, in one start: that takes most of the time."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is not installed, and the workbooks that it writes are part of the proof")
        pytest.skip("LibreOffice (soffice) is not installed")
    folder.mkdir(exist_ok=True)
    home = f"-env:UserInstallation=file://{folder}/home"
    subprocess.run(
        [program, home, "--headless", "--convert-to", FILTERS[form], "--outdir", folder, *sources],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [folder / f"{source.stem}.{form}" for source in sources]
