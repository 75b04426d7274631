"""The pictures in `docs/pictures/`, of a real run: `python -m tests.pictures` makes them anew.

It runs the sample workbook against the embedded API, and shows what is written as a browser and a spreadsheet program
show it. Chromium, LibreOffice and pdftoppm must be there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, sync_playwright

REPOSITORY: Final = Path(__file__).parent.parent
PICTURES: Final = REPOSITORY / "docs" / "pictures"
_ARGUMENTS: Final = ("--sandbox", "--timeout", "1", "--max-attempts", "3", "--limit", "30", "--yes", "--json")
_ABOVE: Final = ("-r", "200", "-x", "130", "-y", "180", "-W", "2000", "-H", "190")
"""What is below is empty."""
_DESK: Final = (1200, 1500)
_PHONE: Final = (390, 844)

Scheme = Literal["light", "dark"]


def main() -> int:
    """Make all pictures; return the exit code."""
    lacking = [name for name in ("chromium", "soffice", "pdftoppm") if shutil.which(name) is None]
    if lacking:
        print(f"The pictures need {', '.join(lacking)}, and that is not there.", file=sys.stderr)  # noqa: T201 - a tool
        return 2
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "exports"
        folder.mkdir()
        reports = _run(folder)
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
            _shoot(browser, Path(reports["page"]), "report", _DESK, "light")
            _shoot(browser, Path(reports["page"]), "report-dark", _DESK, "dark")
            _shoot(browser, Path(reports["page"]), "report-phone", _PHONE, "light")
            _shoot(browser, folder / "index.html", "index", (1200, 800), "light")
            browser.close()
        _print(Path(reports["annotated"]), "summary-sheet", "Source rows", folder, "-r", "90")
        _print(Path(reports["to_fix"]), "to-fix", "source_run", folder, *_ABOVE)
    return 0


def _run(folder: Path) -> dict[str, str]:
    """Check the sample and run it; return where the reports of the run are."""
    shutil.copyfile(REPOSITORY / "sample_data" / "customer_changes.xlsx", folder / "customer_changes.xlsx")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("IMPORTER_", "XDG_"))}
    # As a person calls it: by its name, with the journal at its usual place.
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)])
    environment = own | {"LOGNAME": "ops", "HOME": str(folder.parent), "PATH": path}

    def importer(*arguments: str) -> str:
        command = (shutil.which("importer", path=path) or "importer", *arguments)
        return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=False).stdout.decode()

    importer("check", "customer_changes.xlsx", "--report", "-qq")
    found = json.loads(importer("run", "customer_changes.xlsx", *_ARGUMENTS))
    importer("retry", found["run_id"], "--yes", "-qq")
    importer("run", found["reports"]["to_fix"], *_ARGUMENTS)
    return dict(found["reports"])


def _shoot(browser: Browser, page: Path, name: str, size: tuple[int, int], scheme: Scheme) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(page.as_uri())
    shown.wait_for_timeout(1000)  # until the charts are drawn
    shown.screenshot(path=PICTURES / f"{name}.png")
    context.close()


def _print(workbook: Path, name: str, having: str, folder: Path, *how: str) -> None:
    """Make a picture of the first page of a workbook that has some text on it.

    Args:
        workbook: The file.
        name: Of the picture.
        having: The text.
        folder: For what is made on the way.
        how: Options of pdftoppm.
    """
    _call("soffice", "--headless", f"-env:UserInstallation={folder.as_uri()}/profile", "--convert-to", "pdf",
          "--outdir", str(folder), str(workbook))  # fmt: skip
    pdf = folder / f"{workbook.stem}.pdf"
    pages = _call("pdftotext", str(pdf), "-").split("\f")
    number = str(next(at for at, text in enumerate(pages, start=1) if having in text))
    _call("pdftoppm", "-png", *how, "-f", number, "-l", number, "-singlefile", str(pdf), str(PICTURES / name))


def _call(*command: str) -> str:
    return subprocess.run(_found(command), stdout=subprocess.PIPE, check=True).stdout.decode()


def _found(command: Sequence[str]) -> Sequence[str]:
    program = shutil.which(command[0])
    return [program or command[0], *command[1:]]


if __name__ == "__main__":
    sys.exit(main())
