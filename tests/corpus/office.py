"""Workbooks saved by LibreOffice: made where it is there, and kept as they came out."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.corpus.scenes import OFFICE, Scene
from tests.corpus.truth import Truth
from tests.corpus.writers import with_openpyxl, with_xlsxwriter
from tests.sheets.workbooks.office import FILTERS

_TIMEOUT_S = 600


def wanted(scenes: Iterable[Scene]) -> list[tuple[str, str, Scene, Truth]]:
    """Return the files that LibreOffice makes: name, format, what it is made from, and what is true of it."""
    return [
        (_file_name(scene, form), form, scene, scene.truth(form, form))
        for scene in scenes
        for form in OFFICE
        if form in scene.writers
    ]


def is_there() -> bool:
    """Return whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def save(scenes: Sequence[Scene], form: str, folder: Path) -> None:
    """Save scenes in a format, each under its own name."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        sources = [_source(scene, scratch / f"{scene.name}.xlsx") for scene in scenes]
        subprocess.run(
            [
                shutil.which("soffice") or "soffice",
                f"-env:UserInstallation=file://{scratch}/home",
                "--headless",
                "--convert-to",
                FILTERS[form],
                "--outdir",
                scratch / "made",
                *sources,
            ],
            check=True,
            capture_output=True,
            timeout=_TIMEOUT_S,
        )
        for scene in scenes:
            data = (scratch / "made" / f"{scene.name}.{form}").read_bytes()
            path = folder / _file_name(scene, form)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def _file_name(scene: Scene, form: str) -> str:
    """Return the name of the file; those that are one long text are packed, since they are large."""
    return f"libreoffice/{scene.name}.{form}{'.gz' if form == 'fods' else ''}"


def _source(scene: Scene, path: Path) -> Path:
    """Write what LibreOffice opens; with openpyxl's files, it computes the formulas itself."""
    path.write_bytes(with_openpyxl(scene) if scene.name.startswith("formula") else with_xlsxwriter(scene))
    return path
